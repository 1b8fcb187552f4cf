// Words, symbols and colours for states: one place, so that every picture uses the same.
#pragma once

#include <string>

#include "api/status.h"
#include "cli/console.h"

namespace holdfast::cli {

/// How a state is shown: "● in service", or the symbol alone.
struct Look {
  const char* symbol;
  const char* ascii;
  const char* words;
  Colour colour;
};

Look look(api::StateShown state);
Look look(api::NodeShown state);
Look look_of_link(bool up);

}  // namespace holdfast::cli
