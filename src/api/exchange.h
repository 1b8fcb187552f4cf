// One HTTP request on its way to an answer; of the router only.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "api/service.h"
#include "api/target.h"
#include "base/http.h"

namespace holdfast::api {

inline constexpr unsigned ok = 200;
inline constexpr unsigned accepted = 202;
inline constexpr unsigned bad_request = 400;
inline constexpr unsigned not_found = 404;
inline constexpr unsigned method_not_allowed = 405;
inline constexpr unsigned refused_by_state = 409;
inline constexpr unsigned failed = 500;

HttpResponse json_response(std::string body, unsigned status = ok);
HttpResponse error_response(unsigned status, std::string_view text);

/// What came from outside, short enough for one line.
std::string quoted(std::string_view text);
std::string node_names(const ClusterConfig& config);
HttpResponse unknown_resource(const ClusterConfig& config, std::string_view name);

/// The router's members without its streams.
class Exchange {
 public:
  Exchange(Service& service, const HttpRequest& request, const std::shared_ptr<HttpReply>& reply, const Target& target)
      : service_(service), request_(request), reply_(reply), target_(target) {}

  void get_log() const;
  void get_resource(const std::string& name) const;
  void get_why(const std::string& name) const;
  void get_split() const;

  // What operators ask for (requests.cc).
  void post_resource(const std::string& name, const std::string& verb) const;
  void post_node(const std::string& name, const std::string& verb) const;
  void post_maintenance(const std::string& word) const;
  void post_config(const std::string& verb) const;
  /// `name`: of one target; empty: all (notify_answer.cc).
  void post_notify_test(const std::string& name) const;

  /// Answers 405 unless the method is the one allowed.
  bool allows(std::string_view method) const;
  void no_such_path() const;

 private:
  void ask(Request asked, const RequestBody& body) const;
  std::optional<RequestBody> body_for(const Request& asked) const;

  Service& service_;
  const HttpRequest& request_;
  const std::shared_ptr<HttpReply>& reply_;
  const Target& target_;
};

}  // namespace holdfast::api
