# SPDX-License-Identifier: GPL-2.0-or-later
"""How today's systems find out that they are behind a portal: what each asks, as whom, and what its real server answers.

Each row names where that stands: the system's own source or configuration where it is public, else what others recorded.
A probe that is answered otherwise (302 here) means "captive"; an empty or tiny 200 would not (NetworkMonitor.java takes a body
of at most 4 bytes for a 204 that a proxy rewrote).
"""
from collections import namedtuple

Probe = namedtuple("Probe", "system url agent status body source")

ANDROID = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/60.0.3112.32 Safari/537.36"
AOSP = "AOSP packages/modules/NetworkStack, NetworkMonitor.java and res/values/config.xml"
APPLE = "CaptiveNetworkSupport-355.200.27 wispr"
SUCCESS = "<HTML><HEAD><TITLE>Success</TITLE></HEAD><BODY>Success</BODY></HTML>\n"
CANONICAL = '<meta http-equiv="refresh" content="0;url=https://support.mozilla.org/kb/captive-portal"/>'
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
MOZILLA = "Firefox modules/libpref/init/all.js, captivedetect.canonicalURL, network.connectivity-service.*"
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/128.0.0.0 Safari/537.36"
NCSI = "Microsoft NCSI"
MICROSOFT = "Microsoft Learn, Network Connectivity Status Indicator (NCSI); registry NlaSvc\\Parameters\\Internet"
NM = "NetworkManager.conf(5), section connectivity; "
ONLINE = "NetworkManager is online\n"

PROBES = [
    Probe("android", "http://connectivitycheck.gstatic.com/generate_204", ANDROID, 204, "", AOSP),
    Probe("android-old", "http://connectivitycheck.android.com/generate_204", ANDROID, 204, "", "AOSP 6.0, " + AOSP),
    Probe("android-5", "http://clients3.google.com/generate_204", ANDROID, 204, "", "AOSP 5.0, ConnectivityService.java"),
    Probe("android-fallback", "http://www.google.com/gen_204", ANDROID, 204, "", AOSP + ", default_captive_portal_fallback_urls"),
    Probe("android-other", "http://play.googleapis.com/generate_204", ANDROID, 204, "", AOSP + ", default_captive_portal_fallback_urls"),
    Probe("ios", "http://captive.apple.com/hotspot-detect.html", APPLE, 200, SUCCESS, "support.apple.com/102554; serverdevworker.com/85744e310"),
    Probe("ios-root", "http://captive.apple.com/", APPLE, 200, SUCCESS, "support.apple.com/102554"),
    Probe("macos-old", "http://www.apple.com/library/test/success.html", APPLE, 200, SUCCESS, "serverdevworker.com/85744e310"),
    Probe("windows-10", "http://www.msftconnecttest.com/connecttest.txt", NCSI, 200, "Microsoft Connect Test", MICROSOFT),
    Probe("windows-10-page", "http://www.msftconnecttest.com/redirect", CHROME, 302, "", MICROSOFT),
    Probe("windows-7", "http://www.msftncsi.com/ncsi.txt", NCSI, 200, "Microsoft NCSI", MICROSOFT),
    Probe("firefox", "http://detectportal.firefox.com/canonical.html", FIREFOX, 200, CANONICAL, MOZILLA),
    Probe("firefox-ipv4", "http://detectportal.firefox.com/success.txt?ipv4", FIREFOX, 200, "success\n", MOZILLA),
    Probe("chromium", "http://www.gstatic.com/generate_204", CHROME, 204, "",
          "Chromium components/captive_portal/core/captive_portal_detector.cc, kDefaultURL"),
    Probe("chromeos", "http://connectivitycheck.gstatic.com/generate_204", CHROME, 204, "", "ChromiumOS platform2/shill/portal_detector.h"),
    Probe("gnome", "http://nmcheck.gnome.org/check_network_status.txt", "NetworkManager/1.42.4", 200, ONLINE, NM + "GNOME's server"),
    Probe("debian", "http://network-test.debian.org/nm", "NetworkManager/1.42.4", 200, ONLINE,
          NM + "network-manager-config-connectivity-debian"),
    Probe("ubuntu", "http://connectivity-check.ubuntu.com./", "NetworkManager/1.46.0", 204, "",
          NM + "20-connectivity-ubuntu.conf (X-NetworkManager-Status: online)"),
    Probe("fedora", "http://fedoraproject.org/static/hotspot.txt", "NetworkManager/1.46.2", 200, "OK",
          NM + "NetworkManager-config-connectivity-fedora"),
    Probe("kde", "http://networkcheck.kde.org/", FIREFOX, 200, "OK", "KDE plasma-nm, portalmonitor.cpp"),
    Probe("kindle", "http://spectrum.s3.amazonaws.com/kindle-wifi/wifistub.html", ANDROID, 200,
          "81ce4465-7167-4dcb-835b-dcc9e44c112a", "serverdevworker.com/85744e310; Fire OS"),
    Probe("xiaomi", "http://connect.rom.miui.com/generate_204", ANDROID, 204, "", "MIUI NetworkMonitor, default_captive_portal_http_url"),
    Probe("huawei", "http://connectivitycheck.platform.hicloud.com/generate_204", ANDROID, 204, "",
          "EMUI NetworkMonitor, default_captive_portal_http_url"),
    Probe("samsung", "http://connectivity.samsung.com.cn/generate_204", ANDROID, 204, "", "One UI NetworkMonitor, DEFAULT_HTTP_URL_CHINA"),
]
