#include "adapters/notify/curl.h"
#include "adapters/notify/json.h"
#include "adapters/notify/secret.h"
#include "base/format.h"

namespace holdfast::notify {

namespace {

/// The address without what may be a secret of it: `https://chat.example`
std::string place_of(const std::string& url) {
  const std::size_t host = url.find("//");
  const std::size_t end = host == std::string::npos ? url.size() : url.find_first_of("/?#", host + 2);
  const std::string place = url.substr(0, end);
  const std::size_t at = place.rfind('@');
  return at == std::string::npos ? place : place.substr(0, host + 2) + place.substr(at + 1);
}

}  // namespace

Sent send_webhook(const NotifyTarget& target, const Notifications& all, const GiveUp& give_up) {
  if (all.empty()) return {true, "nothing to tell"};
  Transfer transfer(give_up);
  transfer.set(CURLOPT_URL, target.url.c_str());
  transfer.set(CURLOPT_PROTOCOLS_STR, "http,https");
  if (!target.ca_file.empty()) transfer.set(CURLOPT_CAINFO, target.ca_file.c_str());
  transfer.add_header("Content-Type: application/json");
  transfer.add_header("User-Agent: holdfast/" HOLDFAST_VERSION);
  if (!target.token_file.empty()) {
    const Result<std::string> token = read_secret(target.token_file);
    if (!token) return {false, token.error().text};
    transfer.add_header("Authorization: Bearer " + *token);
  }
  const std::string body = to_json(all.front());
  transfer.set(CURLOPT_POST, 1L);
  transfer.set(CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
  transfer.set(CURLOPT_POSTFIELDS, body.c_str());
  std::string why;
  const std::string place = place_of(target.url);
  if (!transfer.run(why)) return {false, format("{}: {}", place, why)};
  const long code = transfer.response_code();
  return {code >= 200 && code < 300, format("{} answered {}", place, code)};
}

}  // namespace holdfast::notify
