# SPDX-License-Identifier: GPL-2.0-or-later
# What setup, demo and test share: saying things, the checks of the machine, and the build. Sourced by bash, never run.
# It changes nothing but the build directories.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
}

die() {
	say "$*"
	exit 1
}

need_root() {
	[ "$(id -u)" = 0 ] || die "needs root (network namespaces, packages, users): run it as root"
}

need_debian_12() {
	local os
	os=$(. /etc/os-release 2>/dev/null && printf '%s %s' "${ID:-unknown}" "${VERSION_ID:-unknown}") || os=unknown
	[ "$os" = "debian 12" ] || die "needs Debian 12, this is $os"
}

# build DIR [meson option...]: configures once, then compiles what changed. Silent when all is well.
build() {
	local dir=$here/$1 log
	shift
	say "building ${dir##*/}/"
	mkdir -p "$dir"
	log=$dir/build.log
	if [ ! -f "$dir/build.ninja" ]; then
		(cd "$here" && meson setup "$dir" "$@") >"$log" 2>&1 || {
			cat "$log" >&2
			die "meson setup failed"
		}
	fi
	ninja -C "$dir" >"$log" 2>&1 || {
		grep -v '^\[[0-9]*/[0-9]*\] ' "$log" >&2
		die "the build in ${dir##*/}/ failed"
	}
}
