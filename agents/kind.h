// What the program knows of each kind of resource: its description for the meta-data, and its actions.
#pragma once

#include <string>
#include <vector>

#include "agents/ocf.h"

namespace holdfast::agent {

enum class Need : std::uint8_t { optional, required };

struct Parameter {
  std::string name;
  std::string type;  ///< string, integer or boolean, as OCF names them
  Need need = Need::optional;
  std::string standard;  ///< the value if it is not given; empty: none
  std::string meaning;   ///< one sentence
};

struct Kind {
  using Action = Answer (*)(const Invocation&);

  std::string name;
  std::string meaning;
  std::vector<Parameter> parameters;
  Action start = nullptr;
  Action stop = nullptr;
  Action monitor = nullptr;
  Action validate = nullptr;
  Action recover = nullptr;  ///< F5; `unimplemented` is its answer where this resource has no recovery (K6)
  Action ready = nullptr;    ///< K10: could it start here? Nothing is started. None: it cannot tell
};

const Kind& disk_kind();        // K3
const Kind& filesystem_kind();  // K2
const Kind& ip_kind();          // K1
const Kind& lsb_kind();         // K10
const Kind& probe_kind();       // K9
const Kind& process_kind();     // K7
const Kind& script_kind();      // K6
const Kind& systemd_kind();     // K4

/// The OCF 1.1 XML that describes `kind`.
std::string meta_data(const Kind& kind);

}  // namespace holdfast::agent
