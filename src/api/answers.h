// What else the API answers and is asked, as plain values, with their JSON.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/status.h"
#include "base/result.h"
#include "base/time.h"
#include "model/action.h"
#include "model/config.h"

namespace holdfast::api {

/// The one final answer to an operator's request.
struct RequestAnswer {
  AnswerKind kind = AnswerKind::failed;
  std::string text;
  bool operator==(const RequestAnswer&) const = default;
};

/// Body of every POST. All fields may be left out, but `node` for move and resolve; each verb takes only what it knows.
struct RequestBody {
  std::optional<std::string> node;
  Force force = Force::no;
  bool wait = true;             ///< false: answered with 202 at once, before it is done
  bool dry_run = false;         ///< only tell what would be done
  bool keep_resources = false;  ///< leave: they go on running
  bool operator==(const RequestBody&) const = default;
};

struct RejectedNode {
  std::string node;
  std::string why;
  bool operator==(const RejectedNode&) const = default;
};

/// A decision as it was made, with names instead of ids.
struct DecisionRecord {
  WallTime at;
  std::string epoch;     ///< "<leader's name>/<incarnation>/<counter>"
  std::string resource;  ///< empty: about a node or the cluster
  std::string node;      ///< empty: none in particular
  Severity severity = Severity::notify;
  std::uint32_t message = 0;
  std::string rule;
  std::string text;
  std::vector<RejectedNode> rejected;
  bool operator==(const DecisionRecord&) const = default;
};

DecisionRecord make_record(const ClusterConfig& config, WallTime at, const Epoch& epoch, const Decision& decision);

/// Answer of GET /v1/why/<name>.
struct WhyAnswer {
  std::string resource;
  std::string sentence;                   ///< the present state and its reason
  std::vector<DecisionRecord> decisions;  ///< about the resource, and about nodes and the cluster; oldest first
  bool operator==(const WhyAnswer&) const = default;
};

/// Answer of GET /v1/version.
struct VersionAnswer {
  std::string version;
  std::string cluster;
  std::string node;
  std::string log_file;  ///< of the daemon; empty: none
  bool operator==(const VersionAnswer&) const = default;
};

/// Answer of GET /v1/log.
struct LogPage {
  std::vector<std::string> lines;
  std::uint64_t next = 0;  ///< ask again with from=<next> for what comes later
  bool operator==(const LogPage&) const = default;
};

std::string to_json(const RequestAnswer& answer);
std::string to_json(const RequestBody& body);
std::string to_json(const DecisionRecord& record);
std::string to_json(const WhyAnswer& answer);
std::string to_json(const VersionAnswer& answer);
std::string to_json(const LogPage& page);
/// {"error": text}
std::string error_json(std::string_view text);
/// {"resources": [...]} of a status.
std::string resources_json(const Status& status);
/// One resource: its configuration and its present state.
std::string resource_json(const ClusterConfig& config, const ResourceConfig& resource, const ResourceStatus& status);

/// Errors say what is wrong and what is allowed (E1). An empty body is an empty object.
Result<RequestBody> parse_request_body(std::string_view json);
Result<RequestAnswer> parse_request_answer(std::string_view json);
Result<WhyAnswer> parse_why(std::string_view json);
Result<VersionAnswer> parse_version(std::string_view json);
Result<LogPage> parse_log_page(std::string_view json);
/// The text of {"error": ...}, or the start of the body where it is none.
std::string parse_error_text(std::string_view body);

/// "2026-01-31T12:00:00.123Z", and back.
std::string utc_text(WallTime time);
std::optional<WallTime> parse_utc(std::string_view text);

}  // namespace holdfast::api
