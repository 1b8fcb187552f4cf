#include "wire/offer.h"

#include "wire/reader.h"
#include "wire/writer.h"

namespace holdfast::wire {

std::string encode_offer(const ConfigOffer& offer) { return encode_described(offer); }

Result<ConfigOffer> decode_offer(std::string_view bytes) {
  return decode_described<ConfigOffer>(bytes).map_error(
      [](const Error& error) { return Error{"not an offered configuration: " + error.text}; });
}

}  // namespace holdfast::wire
