#include "cli/symbols.h"

namespace holdfast::cli {

Look look(api::StateShown state) {
  switch (state) {
    case api::StateShown::in_service:
      return {"●", "*", "in service", Colour::green};
    case api::StateShown::unprotected:
      return {"◐", "+", "unprotected", Colour::yellow};
    case api::StateShown::out_of_service:
      return {"○", "-", "out of service", Colour::dim};
    case api::StateShown::failed:
      return {"✗", "X", "failed", Colour::red};
    case api::StateShown::starting:
      return {"▲", "^", "starting", Colour::yellow};
    case api::StateShown::stopping:
      return {"▼", "v", "stopping", Colour::yellow};
    case api::StateShown::recovering:
      return {"↻", "@", "recovering", Colour::yellow};
    case api::StateShown::unknown:
      break;
  }
  return {"?", "?", "unknown", Colour::yellow};
}

Look look(api::NodeShown state) {
  switch (state) {
    case api::NodeShown::online:
      return {"●", "*", "online", Colour::green};
    case api::NodeShown::failed:
      return {"✗", "X", "failed", Colour::red};
    case api::NodeShown::stopped:
      return {"○", "-", "stopped", Colour::dim};
    case api::NodeShown::daemon_dead:
      return {"✗", "X", "daemon dead", Colour::red};
    case api::NodeShown::set_aside:
      return {"◌", "~", "set aside", Colour::yellow};
    case api::NodeShown::config_differs:
      return {"≠", "#", "config differs", Colour::red};
    case api::NodeShown::waiting:
      return {"…", ".", "waiting", Colour::yellow};
    case api::NodeShown::unknown:
      break;
  }
  return {"?", "?", "unknown", Colour::yellow};
}

Look look_of_link(bool up) { return up ? Look{"●", "*", "up", Colour::green} : Look{"✗", "X", "down", Colour::red}; }

}  // namespace holdfast::cli
