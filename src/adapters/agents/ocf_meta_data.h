// What an OCF agent says of itself. Source: OCF resource agent API 1.0 and 1.1.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace holdfast {

struct OcfParameter {
  std::string name = {};
  std::string type = {};      ///< string, integer, boolean, select, ...; empty if not said
  std::string standard = {};  ///< the value if it is not given; empty: none
  bool required = false;
  bool unique = false;            ///< no other resource of this agent may have the same value
  std::string unique_group = {};  ///< 1.1: no other one may have the same values of the whole group; empty: none
  std::vector<std::string> choices = {};  ///< of type select (1.1)
  bool deprecated = false;                ///< it goes out of use
  std::string replaced_by = {};           ///< its new name; empty: not said
  std::string brief = {};                 ///< one line; empty if not said
  std::string text = {};  ///< lines as the author broke them, without their common indentation; empty if not said
};

struct OcfAction {
  std::string name = {};
  Millis timeout{0};      ///< 0: not said
  Millis interval{0};     ///< 0: not said
  int depth = 0;          ///< of a monitor: its OCF_CHECK_LEVEL
  std::string role = {};  ///< of a monitor of a promotable agent; empty: any
};

struct OcfMetaData {
  std::string name;
  std::string version;        ///< of the API, "1.0" or "1.1"; empty if not said
  std::string agent_version;  ///< of the agent itself
  std::string brief;
  std::string text;
  std::vector<OcfParameter> parameters;
  std::vector<OcfAction> actions;  ///< in the order of the text; one may stand there twice, with two depths

  const OcfParameter* parameter(std::string_view wanted) const;
  bool has_action(std::string_view wanted) const;
};

/// Parses what `<agent> meta-data` wrote. Any bytes are safe (E3); what stands before and after the XML, as shells and
/// libraries print it, is skipped. No text of the result has control characters but line breaks in `text`.
/// Error: no XML, not a resource agent's, or an API that is neither 1.0 nor 1.1.
Result<OcfMetaData> parse_ocf_meta_data(std::string_view text);

/// "20s", "20", "500ms", "2m", "2min", "1h": OCF's times, whole numbers; 0 for anything else.
Millis parse_ocf_time(std::string_view text);

}  // namespace holdfast
