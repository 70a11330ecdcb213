/** `-h` and `-v`. */

/** Tools read the version from here; the layout and the options are those of 1.31. */
export const VERSION_TEXT = 'ipvsadm v1.31 2019/12/24 (Tandem, IPVS v1.2.1)\n';

export const HELP_TEXT = `${VERSION_TEXT}Usage:
  ipvsadm -A|E virtual-service [-s scheduler]
  ipvsadm -D virtual-service
  ipvsadm -C
  ipvsadm -R
  ipvsadm -S [-n]
  ipvsadm -P|Q virtual-service -z local-address
  ipvsadm -G [virtual-service]
  ipvsadm -a|e virtual-service -r server-address -q [-w weight]
  ipvsadm -d virtual-service -r server-address
  ipvsadm -L|l [virtual-service] [options]
  ipvsadm -Z [virtual-service]
  ipvsadm --set tcp tcpfin udp
  ipvsadm --start-daemon {master|backup} [daemon-options]
  ipvsadm --stop-daemon {master|backup}
  ipvsadm -h

Commands (short or long, always the first option):
  --add-service     -A        add a virtual service
  --edit-service    -E        change a virtual service
  --delete-service  -D        delete a virtual service
  --clear           -C        delete all virtual services
  --restore         -R        read rules from standard input
  --save            -S        print the rules, as --restore reads them
  --add-laddr       -P        add a local address to a virtual service
  --del-laddr       -Q        delete a local address
  --get-laddr       -G        list local addresses
  --add-server      -a        add a real server to a virtual service
  --edit-server     -e        change a real server
  --delete-server   -d        delete a real server
  --list            -L|-l     list services, connections, timeouts or sync daemons
  --zero            -Z        set the counters of one service or of all to zero
  --set tcp tcpfin udp        set the timeouts of connections, in seconds (0: leave as it is)
  --start-daemon              start one direction of connection sync
  --stop-daemon               stop it
  --help            -h        this text
  --version         -v        the version

virtual-service:
  --tcp-service  -t service-address   host:port
  --udp-service  -u service-address   host:port

Options:
  --scheduler    -s scheduler         rr|wrr|lc|wlc, default wlc
  --real-server  -r server-address    host[:port]; without a port, the service's
  --fullnat      -q                   FULLNAT: the server answers a local address
  --weight       -w weight            share of new connections, default 1; 0 takes none
  --laddr        -z local-address     host
  --connection   -c                   list connections
  --timeout                           list timeouts
  --daemon                            list sync daemons
  --stats                             list totals: connections, packets, bytes
  --exact        -X                   totals in full, without K, M, G
  --thresholds                        list thresholds of connections
  --persistent-conn                   list persistent connections
  --tun-info                          list tunnels
  --nosort                            in the order in which rules were added
  --sort                              the default
  --numeric      -n                   no names of hosts and ports

Daemon options:
  --syncid sid                        0-255, default 255; a receiver with 0 takes all
  --sync-maxlen length                largest sync message, 512-65507 bytes, default 1472 (IPv6 group: 1452)
  --mcast-interface interface         default eth0
  --mcast-group address               IPv4 or IPv6 group, default 224.0.0.81
  --mcast-port port                   UDP port, default 8848
  --mcast-ttl ttl                     default 1

Not built yet, and refused: -g -i -m and the tunnel options, -f -6 -W --sctp-service, IPv6 services, subnet_id
and oif_name, other schedulers, -p -M --pe -b -o, -V with a value, -x -y --tcp_draining_timeout with any but 0,
--rate without --stats, the vlan flag.

Example:
  ipvsadm -A -t 10.1.1.1:80 -s rr
  ipvsadm -a -t 10.1.1.1:80 -r 192.168.10.2:22 -q -w 1
  ipvsadm -P -t 10.1.1.1:80 -z 192.168.10.1
`;
