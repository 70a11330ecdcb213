# Completion of bash for ipvsadm, ipvsadm-save and ipvsadm-restore of Tandem: source it, or copy it to
# /usr/share/bash-completion/completions/ipvsadm and link the other two names to it.

_ipvsadm() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]-}
  local commands='-A --add-service -E --edit-service -D --delete-service -C --clear -R --restore -S --save
    -P --add-laddr -Q --del-laddr -G --get-laddr -a --add-server -e --edit-server -d --delete-server
    -L -l --list -Z --zero --set --start-daemon --stop-daemon --set-vlanflag --get-vlanflag
    -h --help -v --version'
  local service='-t --tcp-service -u --udp-service --sctp-service -f --fwmark-service -W --raw-service -6 --ipv6'
  local words=
  COMPREPLY=()
  case $before in
    -s | --scheduler) words='rr wrr lc wlc lblc lblcr dh sh sed nq fo ovf mh' ;;
    -b | --sched-flags) words='sh-fallback sh-port mh-fallback mh-port flag-1 flag-2 flag-3' ;;
    --pe) words=sip ;;
    --tun-type) words='ipip gue gre' ;;
    --start-daemon | --stop-daemon) words='master backup' ;;
    --set-vlanflag) words='0 1' ;;
    --mcast-interface) words=$(cd /sys/class/net && echo *) ;;
    -t | --tcp-service) words=$(_ipvsadm_services TCP) ;;
    -u | --udp-service) words=$(_ipvsadm_services UDP) ;;
    --sctp-service) words=$(_ipvsadm_services SCTP) ;;
    -f | --fwmark-service) words=$(_ipvsadm_services FWM) ;;
    -W | --raw-service) words=$(_ipvsadm_services RAW) ;;
    -r | --real-server | -z | --laddr | -w | --weight | -x | --u-threshold | -y | --l-threshold | -M | --netmask | \
      --tun-port | --syncid | --sync-maxlen | --mcast-group | --mcast-port | --mcast-ttl | --tcp_draining_timeout) return ;;
    *)
      if [ "$COMP_CWORD" -eq 1 ]; then
        words=$commands
      else
        case $command in
          -A | --add-service | -E | --edit-service)
            words="$service -s --scheduler -p --persistent -M --netmask --pe -b --sched-flags -o --ops
              -V --vsestablish-timeout --tcp_draining_timeout" ;;
          -a | --add-server | -e | --edit-server)
            words="$service -r --real-server -g --gatewaying -i --ipip -q --fullnat -m --masquerading -w --weight
              -x --u-threshold -y --l-threshold --tun-type --tun-port --tun-nocsum --tun-csum --tun-remcsum" ;;
          -d | --delete-server) words="$service -r --real-server" ;;
          -P | --add-laddr | -Q | --del-laddr) words="$service -z --laddr" ;;
          -D | --delete-service | -Z | --zero) words=$service ;;
          -G | --get-laddr) words="$service -n --numeric --json" ;;
          -L* | -l* | --list)
            words="$service -n --numeric -c --connection --timeout --daemon --stats --rate -X --exact --thresholds
              --persistent-conn --tun-info --nosort --sort --json" ;;
          -S* | --save) words='-n --numeric --full' ;;
          -R | --restore) words=--atomic ;;
          --get-vlanflag) words=--json ;;
          --start-daemon*)
            words='--syncid --sync-maxlen --mcast-interface --mcast-group --mcast-port --mcast-ttl' ;;
        esac
      fi
      ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
  # bash cuts words at colons: what stands before the last one must not be completed again.
  if [[ $word == *:* ]] && declare -F __ltrim_colon_completions >/dev/null; then
    __ltrim_colon_completions "$word"
  fi
}

# Names of services, as -Ln shows them; nothing without a daemon.
_ipvsadm_services() {
  ipvsadm -Ln 2>/dev/null | sed -n "s/^$1 *\([^ ]*\) .*/\1/p"
}

_ipvsadm_save() { mapfile -t COMPREPLY < <(compgen -W '-n --full' -- "${COMP_WORDS[COMP_CWORD]}"); }
_ipvsadm_restore() { mapfile -t COMPREPLY < <(compgen -W '--atomic' -- "${COMP_WORDS[COMP_CWORD]}"); }

complete -F _ipvsadm ipvsadm tandem-ipvsadm
complete -F _ipvsadm_save ipvsadm-save
complete -F _ipvsadm_restore ipvsadm-restore
