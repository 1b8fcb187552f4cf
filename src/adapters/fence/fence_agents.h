// Which fence agents this node has, what they take, and how one is called: parameters go as key=value lines through
// standard input only, where no process list shows them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "adapters/fence/fence_meta_data.h"
#include "adapters/process/command.h"
#include "base/result.h"
#include "ports/fence.h"

namespace holdfast {

enum class FenceStep : std::uint8_t { off, status };

class FenceAgents {
 public:
  static constexpr const char* standard_search_path = "/usr/local/sbin:/usr/sbin:/usr/local/bin:/usr/bin:/sbin:/bin";

  /// `search_path`: folders with colons between them; the agents get it as their PATH, too.
  explicit FenceAgents(std::string search_path = standard_search_path);

  /// What is wrong with an agent and its parameters on this node, one line each (E1); empty: nothing. Runs
  /// `-o metadata` of the agent, once per agent, and remembers it; blocks for that time.
  std::vector<std::string> check(const std::string& agent, const std::map<std::string, std::string>& parameters);

  /// Every fence agent of the search path, sorted.
  std::vector<std::string> names() const;
  /// What `-o metadata` of an agent prints, the XML and what stands around it. Blocks for that time.
  Result<std::string> meta_data_text(const std::string& agent) const;

  /// The program of one step. The node's name goes in as `nodename`, and as `plug` or `port` if neither is given.
  Result<Command> command(const FenceOrder& order, FenceStep step) const;

 private:
  Result<std::string> locate(const std::string& agent) const;
  Result<FenceMetaData> ask_meta_data(const std::string& agent) const;
  std::string target_parameter(const FenceOrder& order) const;

  std::string search_path_;
  std::map<std::string, Result<FenceMetaData>> known_;
};

/// `fence_<name>`: letters, digits, dash, underscore.
bool is_fence_agent_name(std::string_view name);

/// `text` with every secret of `parameters` shown as ***.
std::string without_secrets(std::string text, const std::map<std::string, std::string>& parameters);

}  // namespace holdfast
