// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * gerbang-portal: HTTP and HTTPS towards guests. It holds no capability, no configuration and no secret but
 * its certificate's key; what it tells a guest is what the daemon told it. This file is its table of
 * contents: start-up in order, the drop of privilege, teardown in reverse.
 */
#include <string.h>
#include <sys/socket.h>
#include <sys/resource.h>
#include "../lib/log.h"
#include "../lib/privilege.h"
#include "../lib/program.h"
#include "../lib/sandbox.h"
#include "http.h"
#include "reply.h"
#include "request.h"
#include "tls.h"

/* A telephone opens a few connections at a time, a household behind one address some more. HTTPS costs memory
 * (about 60 kB a connection), and only telephones that ask the API, and zones with passwords, use it. */
#define PLAIN_CONNECTIONS 4096
#define SECURE_CONNECTIONS 512
#define CONNECTIONS_PER_ADDRESS 32
#define DESCRIPTORS (PLAIN_CONNECTIONS + SECURE_CONNECTIONS + 64)

struct program {
	const char *run_directory;
	struct portal portal;
	struct listener plain, secure;
};

static const char help[] = "Usage: gerbang-portal [-r RUN_DIR]\n"
			   "\n"
			   "Serves the captive portal's pages. It asks gerbangd for everything else.\n"
			   "\n"
			   "  -r, --run RUN_DIR  where the programs' sockets are (default /run/gerbang)\n"
			   "      --help         this text\n"
			   "      --version      the version\n";

/* As root, before the drop: a descriptor for each connection that is allowed. */
static void raise_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return;
	if (limit.rlim_cur >= DESCRIPTORS)
		return;
	limit.rlim_cur = DESCRIPTORS;
	limit.rlim_max = MAX(limit.rlim_max, limit.rlim_cur);
	if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
		log_warning("fewer than %d connections are possible: the limit of open files is too low",
			    PLAIN_CONNECTIONS + SECURE_CONNECTIONS);
}

/* HTTPS listens while there is a certificate to serve with: else it is refused at once, by the kernel. */
static void listen_secure(struct program *program)
{
	const struct settings *settings = program->portal.settings;

	http_listen(program->secure.http,
		    settings && tls_ready(program->portal.tls) ? settings->tls_port : 0);
}

static void on_certificate(void *userdata)
{
	struct program *program = userdata;

	if (!tls_ready(program->portal.tls))
		daemon_abandon(program->portal.daemon);
	listen_secure(program);
}

static bool same_ports(const struct settings *a, const struct settings *b)
{
	return a && a->port == b->port && a->tls_port == b->tls_port;
}

static void on_settings(void *userdata, struct settings *settings)
{
	struct program *program = userdata;
	bool https = settings->tls_port != 0;

	if (!same_ports(program->portal.settings, settings))
		daemon_abandon(program->portal.daemon); /* nothing may be suspended when a port is left */
	settings_free(program->portal.settings);
	program->portal.settings = settings;
	http_listen(program->plain.http, settings->port);
	tls_configure(program->portal.tls, https ? settings->certificate : "", https ? settings->key : "",
		      settings->hostname);
	listen_secure(program);
}

static int make_listener(sd_event *event, struct portal *portal, bool secure, struct listener *listener)
{
	const struct http_service service = {
	    .name = secure ? "HTTPS" : "HTTP",
	    .tls = secure,
	    .connections = secure ? SECURE_CONNECTIONS : PLAIN_CONNECTIONS,
	    .crowd = (secure ? SECURE_CONNECTIONS : PLAIN_CONNECTIONS) / 16 * 15,
	    .per_address = CONNECTIONS_PER_ADDRESS,
	    .target = request_target,
	    .handler = request_handle,
	    .completed = request_completed,
	    .userdata = listener,
	};

	listener->portal = portal;
	listener->secure = secure;
	return http_new(event, &service, &listener->http);
}

static int start(sd_event *event, struct program *program)
{
	struct portal *portal = &program->portal;
	int r = make_listener(event, portal, false, &program->plain);

	r = r < 0 ? r : make_listener(event, portal, true, &program->secure);
	r = r < 0 ? r : tls_new(event, on_certificate, program, &portal->tls);
	portal->plain = program->plain.http;
	return r < 0 ? r : daemon_new(event, program->run_directory, on_settings, program, &portal->daemon);
}

static void end(struct program *program)
{
	daemon_free(program->portal.daemon); /* first: its open questions are suspended connections */
	http_free(program->secure.http);
	http_free(program->plain.http);
	tls_free(program->portal.tls);
	reply_forget(&program->secure);
	reply_forget(&program->plain);
	settings_free(program->portal.settings);
}

/* Connections of strangers, one to the daemon, a certificate that is watched: nothing to write anywhere. */
static int confine(void)
{
	static const char *const calls[] = {
	    "accept4",	     "access",		 "bind",     "connect", "getpeername", "inotify_add_watch",
	    "inotify_init1", "inotify_rm_watch", "ioctl",    "listen",	"openat",      "pread64",
	    "readlink",	     "readlinkat",	 "shutdown", "uname",	NULL};
	static const int families[] = {AF_UNIX, AF_INET, AF_INET6, 0};
	static const struct sandbox_place places[] = {{"/etc", SANDBOX_READ},
						      {"/usr/share", SANDBOX_READ},
						      {"/run", SANDBOX_READ},
						      {"/dev", SANDBOX_READ},
						      {"/proc", SANDBOX_READ}};
	int r = sandbox_places(places, ELEMENTS(places));

	return r < 0 ? r : sandbox_calls(calls, families);
}

static int serve(struct program *program)
{
	_cleanup_(sd_event_unrefp) sd_event *event = NULL;
	int r = program_loop(&event);

	if (r < 0)
		return r;
	r = start(event, program);
	if (r >= 0)
		r = confine();
	if (r >= 0)
		r = program_serve(event);
	end(program);
	return r;
}

int main(int argc, char **argv)
{
	struct program program = {.run_directory = "/run/gerbang"};
	int r = program_run_options(argc, argv, "gerbang-portal", help, &program.run_directory);

	if (r != 0)
		return r < 0 ? 2 : 0;
	log_open("gerbang-portal");
	texts_open();
	raise_descriptors();
	r = privilege_drop(USER_PORTAL, 0);
	if (r < 0)
		return 1;
	r = serve(&program);
	if (r < 0) {
		log_error("cannot go on: %s", strerror(-r));
		return 1;
	}
	return 0;
}
