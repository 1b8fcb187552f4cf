// What a fence agent says of itself. Source: ClusterLabs' fence agent API (FenceAgentAPI.md).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace holdfast {

struct FenceParameter {
  std::string name;
  bool required = false;
  bool has_standard = false;   ///< there is a value if it is not given
  std::string obsoletes = {};  ///< its old name, which is still taken
};

struct FenceMetaData {
  std::string name;
  std::vector<FenceParameter> parameters;
  std::vector<std::string> actions;

  bool has_parameter(std::string_view wanted) const;
  bool has_action(std::string_view wanted) const;
};

/// Parses what `<agent> -o metadata` wrote. Any bytes are safe (E3); text before the XML is skipped.
Result<FenceMetaData> parse_fence_meta_data(std::string_view text);

}  // namespace holdfast
