# SPDX-License-Identifier: GPL-2.0-or-later
"""How the gateway of a city is wired: a veth a device, VLANs of a trunk, bridges; and the provider's line.

Every device of the gateway that offices and zones use ends in a bridge of the town, where hosts are attached, and that
bridge has the device's name. A bridge of the gateway's own has several such ends, one a port: hosts are behind a port.
VLANs and netem are the Debian lane's; the rest works on every kernel.
"""


class Cabling:
    def __init__(self, city, trunks, bridges):
        """`trunks`: {trunk: devices, or {device: VLAN id}}; `bridges`: {bridge of the gateway: ports}."""
        self.city, self.bridges = city, bridges
        self.vlans = {device: (trunk, number) for trunk, devices in trunks.items()
                      for device, number in (devices if isinstance(devices, dict) else number_them(devices)).items()}

    def device(self, name):
        """Makes a device of the gateway, once, with all that is below it."""
        if self.city.gateway.has(name):
            return
        if name in self.bridges:
            self._own_bridge(name)
        elif name in self.vlans:
            self._vlan(name, *self.vlans[name])
        else:
            self._ends_in_town(name, lambda: self.city._link(self.city.gateway.space, name, self.city.town, f"p-{name}"))

    def end_of(self, name, port=None):
        """The town's bridge where hosts behind a device (and a port of it) are attached."""
        while name in self.bridges:
            name = port or self.bridges[name][0]
            port = None
        return name

    def _ends_in_town(self, name, link):
        link()
        self.city.town.ip(f"link add {name} type bridge mcast_snooping 0 forward_delay 0",
                          f"link set p-{name} master {name}", f"link set {name} up")

    def _vlan(self, name, trunk, number):
        city = self.city
        if not city.gateway.has(trunk):
            city._link(city.gateway.space, trunk, city.town, f"p-{trunk}")

        def link():
            for space, below, device in ((city.gateway.space, trunk, name), (city.town, f"p-{trunk}", f"p-{name}")):
                space.ip(f"link add link {below} name {device} type vlan id {number}", f"link set {device} up")
        self._ends_in_town(name, link)

    def _own_bridge(self, name):
        space = self.city.gateway.space
        space.ip(f"link add {name} type bridge mcast_snooping 0 forward_delay 0", f"link set {name} up")
        for port in self.bridges[name]:
            self.device(port)
            space.ip(f"link set {port} master {name}")


def number_them(devices):
    return {device: 101 + index for index, device in enumerate(devices)}


class Provider:
    """A transparent box between the gateway's uplink and the internet: a line with a rate and a queue of its own,
    as long as providers' are. Nothing of Gerbang's is in it."""

    def __init__(self, city, wan):
        self.city, self.space = city, city.space("provider")
        city._link(city.gateway.space, wan, self.space, "gateway")
        city._link(self.space, "internet", city.internet, "eth0")
        self.space.ip("link add line type bridge mcast_snooping 0 forward_delay 0", "link set gateway master line",
                      "link set internet master line", "link set line up")

    def gives(self, down_bps=None, up_bps=None, queue_msec=200, burst_msec=2):
        """From now on; None: without end. Bytes are layer 2's; a token bucket that splits GSO, over a byte FIFO."""
        for device, bps in (("gateway", down_bps), ("internet", up_bps)):
            self.space.bottleneck(device, bps, queue_msec, burst_msec)

    def dropped(self):
        """(packets down, packets up) that the line's own queue has dropped."""
        return tuple(self.space.dropped(device) for device in ("gateway", "internet"))
