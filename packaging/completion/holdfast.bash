# bash completion for holdfast; install as /usr/share/bash-completion/completions/holdfast,
# or: source <(holdfast completion bash)

_holdfast_names() {
  local socket=()
  local i
  for ((i = 1; i < COMP_CWORD; i++)); do
    [[ ${COMP_WORDS[i]} == --socket ]] && socket=(--socket "${COMP_WORDS[i + 1]}")
  done
  holdfast "${socket[@]}" completion bash --names "$1" 2>/dev/null
}

_holdfast() {
  local current=${COMP_WORDS[COMP_CWORD]}
  local previous=${COMP_WORDS[COMP_CWORD - 1]}
  local words=()
  local i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    case ${COMP_WORDS[i]} in
      --socket | --timeout | --base | --file | --since | --lines | -n | --level | --module | --on | --node | --keep | --resource | --node-dies | --isolate | \
        --link-fails | --split | --resource-fails | --after | --scenario | --config | --rows) ((i++)) ;;
      -*) ;;
      *) words+=("${COMP_WORDS[i]}") ;;
    esac
  done

  case $previous in
    --socket | --file | --scenario | --config) mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;
    --level) mapfile -t COMPREPLY < <(compgen -W "info notify warn error emerg" -- "$current"); return ;;
    --on | --node | --keep | --node-dies | --isolate) mapfile -t COMPREPLY < <(compgen -W "$(_holdfast_names nodes)" -- "$current"); return ;;
    --resource | --resource-fails) mapfile -t COMPREPLY < <(compgen -W "$(_holdfast_names resources)" -- "$current"); return ;;
    --timeout | --after | --rows | --link-fails | --split | --since | --lines | -n | --module) return ;;
  esac

  local choices=""
  case "${words[0]}" in
    "") choices="status resource node why log stop maintenance split check plan apply export simulate journal agent notify version completion --socket --help" ;;
    status) choices="--json --watch --help" ;;
    why)
      choices="--json --all --help"
      ((${#words[@]} == 1)) && choices+=" $(_holdfast_names resources)"
      ;;
    log) choices="--follow --level --resource --node --module --since --lines --file --help" ;;
    plan | apply)
      [[ $current == -* ]] && choices="--json --base --start --force --timeout --help" ||
        { mapfile -t COMPREPLY < <(compgen -f -- "$current"); return; }
      ;;
    export) choices="--json --help" ;;
    check) mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;
    simulate)
      choices="--node-dies --isolate --link-fails --split --resource-fails --after --scenario --matrix --rows --config --json --help"
      ;;
    journal)
      ((${#words[@]} == 1)) && [[ $current != -* ]] && choices="list replay" ||
        { mapfile -t COMPREPLY < <(compgen -W "--quiet" -- "$current"; compgen -f -- "$current"); return; }
      ;;
    notify)
      ((${#words[@]} == 1)) && choices="test --help" || choices="--json --help"
      ;;
    agent)
      case "${words[1]}" in
        "") choices="list show --help" ;;
        list) choices="--names --json --help" ;;
        show)
          # bash breaks words at colons: what stands before the last one is on the line already
          local typed=${COMP_LINE:0:COMP_POINT}
          typed=${typed##* }
          [[ $current == -* ]] && choices="--json --help" || {
            mapfile -t COMPREPLY < <(compgen -W "$(holdfast agent list --names 2>/dev/null)" -- "$typed")
            COMPREPLY=("${COMPREPLY[@]#"${typed%"${typed##*:}"}"}")
            return
          }
          ;;
      esac
      ;;
    version) choices="--json --help" ;;
    completion) choices="bash" ;;
    node)
      case "${words[1]}" in
        "") choices="confirm confirm-off --help" ;;
        confirm | confirm-off)
          choices="--no-wait --dry-run --timeout --json --help"
          ((${#words[@]} == 2)) && choices+=" $(_holdfast_names nodes)"
          [[ ${words[1]} == confirm ]] && ((${#words[@]} == 3)) && choices+=" yes no"
          ;;
      esac
      ;;
    stop)
      choices="--keep-resources --node --dry-run --no-wait --timeout --json --help"
      ((${#words[@]} == 1)) && choices+=" $(_holdfast_names nodes)"
      ;;
    maintenance)
      case "${words[1]}" in
        "") choices="on off --help" ;;
        on) choices="--node --resource --dry-run --no-wait --timeout --json --help" ;;
        off) choices="--node --resource --yes --dry-run --no-wait --timeout --json --help" ;;
      esac
      ;;
    split)
      case "${words[1]}" in
        "") choices="plan resolve --help" ;;
        plan) choices="--json --help" ;;
        resolve)
          choices="--keep --dry-run --no-wait --timeout --json --help"
          ((${#words[@]} == 2)) && choices+=" $(_holdfast_names resources)"
          ;;
      esac
      ;;
    resource)
      case "${words[1]}" in
        "") choices="list show start stop move --help" ;;
        list) choices="--json --help" ;;
        show)
          choices="--json --help"
          ((${#words[@]} == 2)) && choices+=" $(_holdfast_names resources)"
          ;;
        start | stop | move)
          choices="--on --force --dry-run --no-wait --timeout --json --help"
          ((${#words[@]} == 2)) && choices+=" $(_holdfast_names resources)"
          ((${#words[@]} == 3)) && choices+=" $(_holdfast_names nodes)"
          ;;
      esac
      ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$choices" -- "$current")
}

complete -F _holdfast holdfast
