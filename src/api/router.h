// The REST API: turns HTTP requests into questions to the Service, and its answers into HTTP. docs/openapi.yaml
// describes it. One thread, that of the loop; no request ends it (E3).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "api/service.h"
#include "base/http.h"

namespace holdfast::api {

class Router {
 public:
  /// The service must outlive the router.
  explicit Router(Service& service);
  ~Router();
  Router(const Router&) = delete;
  Router& operator=(const Router&) = delete;

  /// Answers by `reply`, now or later. Wrong path, method or field: 4xx; refused by state: 409; failed: 500. The body
  /// is JSON always.
  void handle(const HttpRequest& request, const std::shared_ptr<HttpReply>& reply);

  /// Tells everyone who reads /v1/events that the status may be another one now. Call it after every step.
  void status_changed();
  /// Tells them a decision.
  void decided(const DecisionRecord& record);

 private:
  void publish(std::string_view event, std::string_view json);

  Service& service_;
  std::vector<std::shared_ptr<HttpReply>> streams_;
};

}  // namespace holdfast::api
