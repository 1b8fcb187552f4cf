#include "adapters/sidechannel/seal.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "wire/limits.h"

namespace holdfast::sidechannel {

namespace {

constexpr std::string_view magic = "HFS1";
constexpr std::string_view purpose = "holdfast side channel 1";
constexpr std::size_t header_size = 32;
constexpr std::size_t tag_size = 16;
constexpr int nonce_size = 12;

using Context = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;
using Nonce = std::array<unsigned char, nonce_size>;

void put(std::string& to, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) to.push_back(static_cast<char>(value >> (8 * i)));
}

std::uint64_t get(std::string_view from, std::size_t at, int bytes) {
  std::uint64_t value = 0;
  for (int i = 0; i < bytes; ++i)
    value |= std::uint64_t{static_cast<unsigned char>(from[at + static_cast<std::size_t>(i)])} << (8 * i);
  return value;
}

Nonce nonce_of(std::string_view header) {
  Nonce nonce{};
  std::copy_n(header.begin() + 24, 8, nonce.begin() + 4);
  return nonce;
}

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

bool encrypt(const Key& key, std::string_view header, std::string_view content, std::string& out) {
  const Context context(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  const Nonce nonce = nonce_of(header);
  std::string sealed(content.size() + tag_size, '\0');
  int length = 0;
  if (!context || EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key.data(), nonce.data()) != 1 ||
      EVP_EncryptUpdate(context.get(), nullptr, &length, bytes_of(header), static_cast<int>(header.size())) != 1 ||
      EVP_EncryptUpdate(context.get(), bytes_of(sealed), &length, bytes_of(content),
                        static_cast<int>(content.size())) != 1 ||
      EVP_EncryptFinal_ex(context.get(), bytes_of(sealed) + length, &length) != 1 ||
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, tag_size, bytes_of(sealed) + content.size()) != 1)
    return false;
  out += sealed;
  return true;
}

std::optional<std::string> decrypt(const Key& key, std::string_view header, std::string_view sealed) {
  const Context context(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  const Nonce nonce = nonce_of(header);
  std::string tag(sealed.substr(sealed.size() - tag_size));
  sealed.remove_suffix(tag_size);
  std::string content(sealed.size() + 1, '\0');  // never empty: the library wants a place
  int length = 0;
  if (!context || EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key.data(), nonce.data()) != 1 ||
      EVP_DecryptUpdate(context.get(), nullptr, &length, bytes_of(header), static_cast<int>(header.size())) != 1 ||
      EVP_DecryptUpdate(context.get(), bytes_of(content), &length, bytes_of(sealed), static_cast<int>(sealed.size())) !=
          1 ||
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, tag_size, tag.data()) != 1 ||
      EVP_DecryptFinal_ex(context.get(), bytes_of(content) + length, &length) != 1)
    return std::nullopt;
  content.pop_back();
  return content;
}

}  // namespace

Result<Sealer> Sealer::make(const std::string& cluster_key, NodeId self) {
  Life life{};
  if (RAND_bytes(life.data(), static_cast<int>(life.size())) != 1) return failure("the system gives no random numbers");
  return Sealer(cluster_key, self, life);
}

Sealer::Sealer(std::string cluster_key, NodeId self, Life life)
    : cluster_key_(std::move(cluster_key)), self_(self), life_(life), key_(derive(self, life)) {}

Key Sealer::derive(NodeId node, const Life& life) const {
  std::string input(purpose);
  put(input, node.value, 4);
  input.append(life.begin(), life.end());
  Key key{};
  unsigned int size = 0;
  HMAC(EVP_sha256(), cluster_key_.data(), static_cast<int>(cluster_key_.size()), bytes_of(std::string_view(input)),
       input.size(), key.data(), &size);
  return key;
}

std::string Sealer::seal(std::string_view content) {
  std::string datagram(magic);
  put(datagram, self_.value, 4);
  datagram.append(life_.begin(), life_.end());
  put(datagram, ++counter_, 8);
  const std::string header = datagram;
  return encrypt(key_, header, content, datagram) ? datagram : std::string{};
}

std::optional<Sealer::Opened> Sealer::open(std::string_view datagram) {
  if (datagram.size() < header_size + tag_size || !datagram.starts_with(magic)) return std::nullopt;
  const NodeId sender{static_cast<std::uint32_t>(get(datagram, 4, 4))};
  if (sender == self_ || sender.value == 0 || sender.value > wire::max_node) return std::nullopt;
  Life life{};
  std::copy_n(datagram.begin() + 8, life.size(), life.begin());
  const auto known = senders_.find(sender);
  const bool same = known != senders_.end() && known->second.life == life;
  const Key key = same ? known->second.key : derive(sender, life);
  auto content = decrypt(key, datagram.substr(0, header_size), datagram.substr(header_size));
  if (!content) return std::nullopt;
  if (!same) senders_[sender] = {life, key};
  return Opened{sender, std::move(*content)};
}

}  // namespace holdfast::sidechannel
