// The parameters of our own agents (K1, K2, K4, K6, K7, K9), so that a slip in them is found by `holdfast check`.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "config/document.h"
#include "config/draft.h"

namespace holdfast::config {

enum class Form : std::uint8_t { any, text, texts, address, port, path, number, truth };
enum class Presence : std::uint8_t { optional, required };

struct OwnParameter {
  std::string_view agent;
  std::string_view name;
  Form form = Form::any;
  Presence presence = Presence::optional;
};

const std::vector<OwnParameter>& own_parameters();

/// Unknown, missing and malformed parameters of an own agent. `parameters` is null if the resource has none.
void check_own_agent(const Member* parameters, const DraftResource& resource, Problems& problems);

}  // namespace holdfast::config
