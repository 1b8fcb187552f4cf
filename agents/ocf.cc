#include "agents/ocf.h"

#include <charconv>
#include <cstdlib>
#include <cstring>

namespace holdfast::agent {
namespace {

std::optional<std::string> environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr || *value == '\0') return std::nullopt;
  return value;
}

std::optional<long> number(const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  long value = 0;
  auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc{} || end != text->data() + text->size()) return std::nullopt;
  return value;
}

}  // namespace

std::string Invocation::resource() const { return environment("OCF_RESOURCE_INSTANCE").value_or("unnamed"); }

std::optional<std::string> Invocation::parameter(const std::string& name) const {
  return environment("OCF_RESKEY_" + name);
}

Millis Invocation::timeout() const {
  const long millis = number(environment("OCF_RESKEY_CRM_meta_timeout")).value_or(0);
  return Millis{millis > 0 ? millis : 20000};
}

bool Invocation::is_probe() const { return number(environment("OCF_RESKEY_CRM_meta_interval")).value_or(0) == 0; }

std::string Invocation::type() const { return environment("OCF_RESOURCE_TYPE").value_or(""); }

std::string Invocation::run_directory() const { return environment("HOLDFAST_RUN_DIR").value_or("/run/holdfast"); }

}  // namespace holdfast::agent
