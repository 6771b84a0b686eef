#pragma once
// TLS as this program speaks it: version 1.3 only, no tickets, no resumption, no early data. Whom one talks to is a
// matter of the pinned public key, not of names, dates or certificate authorities: a laptop's clock may be wrong.

#include "shared/base/bytes.hpp"
#include "shared/base/time.hpp"

#include <memory>
#include <string>
#include <vector>

struct ssl_ctx_st;  // OpenSSL's SSL_CTX
struct ssl_st;      // OpenSSL's SSL

namespace cunzheng::link {

// SHA-256 of the DER form of a certificate's SubjectPublicKeyInfo.
using Pin = Hash;

struct TlsIdentity {
  std::string key_pem;          // secret: the caller keeps it in a file of mode 0600
  std::string certificate_pem;  // self-signed, 30 years
  Pin pin{};
};

// Made once at the hub's init, with OpenSSL's own chance: a P-256 key, which browsers take as well.
// `name` is a host name or an address, shown by browsers and not looked at by laptops.
Result<TlsIdentity> make_tls_identity(const std::string& name, Instant now);

// Checks that key and certificate are a pair. unreadable otherwise.
Result<TlsIdentity> load_tls_identity(std::string key_pem, std::string certificate_pem);

// What connections are made from. Copies share one context; any number of connections may use it on the loop thread.
class TlsContext {
 public:
  // Presents the identity. unreadable if it is not a pair.
  static Result<TlsContext> server(const TlsIdentity& identity);

  // Accepts only a peer whose key has one of these pins; with any other the handshake fails before a single
  // application byte is sent (defence D01). `pins` must not be empty.
  static TlsContext pinned(std::vector<Pin> pins);

  // Accepts any key. For enrolment alone, where the one-time code proves the hub over the channel binding.
  static TlsContext unpinned();

  ssl_ctx_st* native() const { return context_.get(); }

 private:
  explicit TlsContext(std::shared_ptr<ssl_ctx_st> context) : context_(std::move(context)) {}
  std::shared_ptr<ssl_ctx_st> context_;
};

// RFC 9266 tls-exporter: 32 bytes that both ends of this very connection compute and nobody between them can have.
// unavailable before the handshake is done.
Result<Hash> channel_binding(ssl_st* connection);

// The pin of the other end. unavailable before the handshake is done, or if it showed no certificate.
Result<Pin> peer_pin(ssl_st* connection);

}  // namespace cunzheng::link
