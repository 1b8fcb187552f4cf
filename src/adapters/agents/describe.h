// What an agent says of itself, for a reader and for a program (holdfast agent list|show). Pure.
#pragma once

#include <string>
#include <vector>

#include "adapters/agents/ocf_meta_data.h"

namespace holdfast {

/// One line of the list.
struct ListedAgent {
  std::string name;
  std::string brief;    ///< one line; empty if it says nothing
  std::string problem;  ///< why it cannot be used here: its meta-data is broken, it needs Pacemaker; empty: it can
};

/// A table, one line for each agent; ends with a line break.
std::string agents_as_text(const std::vector<ListedAgent>& agents);
/// {"agents": [{"name", "brief", "problem"}]}; `problem` only where there is one.
std::string agents_as_json(const std::vector<ListedAgent>& agents);

/// Several paragraphs: what it does, parameters, actions. `problem` as in ListedAgent.
std::string agent_as_text(const std::string& agent, const OcfMetaData& meta_data, const std::string& problem);
/// The same as an object; times in milliseconds, as everywhere in our JSON.
std::string agent_as_json(const std::string& agent, const OcfMetaData& meta_data, const std::string& problem);

}  // namespace holdfast
