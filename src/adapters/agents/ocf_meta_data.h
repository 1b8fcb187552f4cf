// What an OCF agent says of itself. Source: OCF resource agent API 1.0 and 1.1.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace holdfast {

struct OcfParameter {
  std::string name;
  std::string type;      ///< string, integer, boolean, ...; empty if not said
  std::string standard;  ///< the value if it is not given; empty: none
  bool required = false;
  bool unique = false;
};

struct OcfMetaData {
  std::string name;
  std::string version;  ///< of the API, "1.0" or "1.1"; empty if not said
  std::vector<OcfParameter> parameters;
  std::vector<std::string> actions;  ///< in the order of the text; one may stand there twice, with two depths
};

/// Parses what `<agent> meta-data` wrote. Any bytes are safe (E3); text before the XML, as shells and libraries print
/// it, is skipped. Error: no XML, not a resource agent's, or an API that is neither 1.0 nor 1.1.
Result<OcfMetaData> parse_ocf_meta_data(std::string_view text);

}  // namespace holdfast
