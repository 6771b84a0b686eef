#include "shared/crypto/hash.hpp"

#include "shared/base/verify.hpp"
#include "shared/crypto/wipe.hpp"

#include <openssl/evp.h>

namespace cunzheng::crypto {
namespace {

constexpr std::size_t block_size = 64;

// OpenSSL rather than libsodium: it uses the processor's SHA instructions. Fetched once: a fetch for every
// call would cost more than the hash.
const EVP_MD* algorithm() {
  static const EVP_MD* const fetched = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  VERIFY(fetched != nullptr);
  return fetched;
}

class Context {
 public:
  Context() : context_(EVP_MD_CTX_new()) { VERIFY(context_ != nullptr); }
  ~Context() { EVP_MD_CTX_free(context_); }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  void begin() { VERIFY(EVP_DigestInit_ex2(context_, algorithm(), nullptr) == 1); }
  void update(ByteView bytes) { VERIFY(EVP_DigestUpdate(context_, bytes.data(), bytes.size()) == 1); }
  void update(std::string_view text) { update(view_of(text)); }
  Hash finish() {
    Hash hash;
    VERIFY(EVP_DigestFinal_ex(context_, hash.data(), nullptr) == 1);
    return hash;
  }

  void begin_tagged(std::string_view what) {
    begin();
    update("cunzheng/v1/");
    update(what);
    update(std::string_view("\0", 1));
  }

 private:
  EVP_MD_CTX* context_;
};

// One for the functions that begin and finish in one call.
Context& context_of_thread() {
  thread_local Context context;
  return context;
}

}  // namespace

Hash sha256(ByteView bytes) {
  auto& context = context_of_thread();
  context.begin();
  context.update(bytes);
  return context.finish();
}

Hash tagged_hash(std::string_view what, ByteView bytes) {
  auto& context = context_of_thread();
  context.begin_tagged(what);
  context.update(bytes);
  return context.finish();
}

struct Hasher::State {
  Context context;
};

Hasher::Hasher() : state_(std::make_unique<State>()) { state_->context.begin(); }
Hasher::~Hasher() = default;
Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;

Hasher& Hasher::update(ByteView bytes) {
  state_->context.update(bytes);
  return *this;
}

Hash Hasher::finish() {
  const auto hash = state_->context.finish();
  state_->context.begin();
  return hash;
}

Hasher tagged_hasher(std::string_view what) {
  Hasher hasher;
  hasher.update(view_of("cunzheng/v1/")).update(view_of(what)).update(ByteArray<1>{0});
  return hasher;
}

Hash hmac_sha256(ByteView key, ByteView message) {
  ByteArray<block_size> pad{};
  if (key.size() <= block_size) {
    std::copy(key.begin(), key.end(), pad.begin());
  } else {
    auto shortened = sha256(key);
    std::copy(shortened.begin(), shortened.end(), pad.begin());
    wipe(shortened);
  }
  auto& context = context_of_thread();
  for (auto& byte : pad) byte ^= 0x36;
  context.begin();
  context.update(ByteView(pad));
  context.update(message);
  const auto inner = context.finish();
  for (auto& byte : pad) byte ^= 0x36 ^ 0x5c;
  context.begin();
  context.update(ByteView(pad));
  context.update(ByteView(inner));
  wipe(pad);
  return context.finish();
}

Hash hkdf(ByteView key, std::string_view info) {
  auto extracted = hmac_sha256(Hash{}, key);
  Bytes block = bytes_of(view_of(info));
  block.push_back(1);
  const auto expanded = hmac_sha256(extracted, block);
  wipe(extracted);
  return expanded;
}

}  // namespace cunzheng::crypto
