#include "sync/link/tls.hpp"

#include "shared/base/verify.hpp"
#include "shared/crypto/hash.hpp"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <string_view>

namespace cunzheng::link {
namespace {

template <class T, void (*free_it)(T*)>
struct Free {
  void operator()(T* held) const { free_it(held); }
};
template <class T, void (*free_it)(T*)>
using Held = std::unique_ptr<T, Free<T, free_it>>;
using Key = Held<EVP_PKEY, EVP_PKEY_free>;
using Certificate = Held<X509, X509_free>;
using Memory = Held<BIO, BIO_free_all>;

constexpr std::int64_t day_s = 24LL * 3600;
constexpr std::int64_t valid_days = 30 * 365;

tl::unexpected<Failure> openssl_failed(const char* step) {
  return fail(FailureCode::unavailable,
              {std::string("生成TLS证书失败：") + step, std::string("the TLS certificate could not be made: ") + step});
}

tl::unexpected<Failure> unreadable(Text what) { return fail(FailureCode::unreadable, std::move(what), "tls"); }

Memory memory_of(const std::string& text) {
  return Memory(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

template <class Write>
std::string written(Write write) {
  const Memory memory(BIO_new(BIO_s_mem()));
  VERIFY(memory && write(memory.get()) == 1);
  char* text = nullptr;
  const auto size = BIO_get_mem_data(memory.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

Pin pin_of(X509* certificate) {
  unsigned char* der = nullptr;
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
  VERIFY(size > 0);
  const auto pin = crypto::sha256({der, static_cast<std::size_t>(size)});
  OPENSSL_free(der);
  return pin;
}

// A name that can stand in a certificate without being taken for several.
bool is_host_name(std::string_view name) {
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
           c == ':';
  };
  return !name.empty() && name.size() <= 253 && std::all_of(name.begin(), name.end(), is_plain);
}

bool add_extension(X509* certificate, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const Held<X509_EXTENSION, X509_EXTENSION_free> extension(
      X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

std::string alternative_name(const std::string& name) {
  ASN1_OCTET_STRING* address = a2i_IPADDRESS(name.c_str());
  const bool is_address = address != nullptr;
  ASN1_OCTET_STRING_free(address);
  return (is_address ? "IP:" : "DNS:") + name;
}

bool fill_in(X509* certificate, EVP_PKEY* key, const std::string& name, Instant now) {
  ByteArray<16> serial;
  if (RAND_bytes(serial.data(), static_cast<int>(serial.size())) != 1) return false;
  serial[0] &= 0x7f;
  const Held<BIGNUM, BN_free> number(BN_bin2bn(serial.data(), static_cast<int>(serial.size()), nullptr));
  const auto now_s = now.ms / 1000;
  auto* subject = X509_get_subject_name(certificate);
  const auto* common_name = reinterpret_cast<const unsigned char*>("Cunzheng hub");
  return X509_set_version(certificate, X509_VERSION_3) == 1 &&
         BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr &&
         ASN1_TIME_set(X509_getm_notBefore(certificate), now_s - day_s) != nullptr &&
         ASN1_TIME_set(X509_getm_notAfter(certificate), now_s + valid_days * day_s) != nullptr &&
         X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, common_name, -1, -1, 0) == 1 &&
         X509_set_issuer_name(certificate, subject) == 1 && X509_set_pubkey(certificate, key) == 1 &&
         add_extension(certificate, NID_basic_constraints, "critical,CA:FALSE") &&
         add_extension(certificate, NID_key_usage, "critical,digitalSignature") &&
         add_extension(certificate, NID_subject_alt_name, alternative_name(name)) &&
         X509_sign(certificate, key, EVP_sha256()) > 0;
}

// The pins travel with the context and are freed with it.
int pins_index() {
  static const int index = SSL_CTX_get_ex_new_index(
      0, nullptr, nullptr, nullptr,
      [](void*, void* pins, CRYPTO_EX_DATA*, int, long, void*) { delete static_cast<std::vector<Pin>*>(pins); });
  return index;
}

// Replaces the whole search for an authority: the key is one of the pinned ones, or the handshake ends here.
int check_pin(X509_STORE_CTX* store, void*) {
  const auto* connection = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  const auto* pins =
      static_cast<const std::vector<Pin>*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(connection), pins_index()));
  auto* certificate = X509_STORE_CTX_get0_cert(store);
  if (certificate != nullptr && std::find(pins->begin(), pins->end(), pin_of(certificate)) != pins->end()) return 1;
  X509_STORE_CTX_set_error(store, X509_V_ERR_APPLICATION_VERIFICATION);
  return 0;
}

int accept_any(X509_STORE_CTX*, void*) { return 1; }

std::shared_ptr<SSL_CTX> context_for(const SSL_METHOD* method) {
  std::shared_ptr<SSL_CTX> context(SSL_CTX_new(method), SSL_CTX_free);
  VERIFY(context);
  VERIFY(SSL_CTX_set_min_proto_version(context.get(), TLS1_3_VERSION) == 1);
  VERIFY(SSL_CTX_set_max_proto_version(context.get(), TLS1_3_VERSION) == 1);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  VERIFY(SSL_CTX_set_num_tickets(context.get(), 0) == 1);
  VERIFY(SSL_CTX_set_max_early_data(context.get(), 0) == 1);
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);  // 34 KiB less for each idle connection
  return context;
}

}  // namespace

Result<TlsIdentity> make_tls_identity(const std::string& name, Instant now) {
  if (!is_host_name(name)) {
    return fail(FailureCode::bad_input,
                {"应为主机名或IP地址，只含字母、数字、点、连字符",
                 "expected a host name or an address: letters, digits, dots, hyphens"},
                "name");
  }
  const Key key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
  if (!key) return openssl_failed("EVP_PKEY_Q_keygen");
  const Certificate certificate(X509_new());
  if (!certificate || !fill_in(certificate.get(), key.get(), name, now)) return openssl_failed("X509_sign");
  TlsIdentity identity;
  identity.key_pem = written(
      [&](BIO* to) { return PEM_write_bio_PKCS8PrivateKey(to, key.get(), nullptr, nullptr, 0, nullptr, nullptr); });
  identity.certificate_pem = written([&](BIO* to) { return PEM_write_bio_X509(to, certificate.get()); });
  identity.pin = pin_of(certificate.get());
  return identity;
}

Result<TlsIdentity> load_tls_identity(std::string key_pem, std::string certificate_pem) {
  const Certificate certificate(PEM_read_bio_X509(memory_of(certificate_pem).get(), nullptr, nullptr, nullptr));
  if (!certificate) return unreadable({"TLS证书文件不可读", "the TLS certificate cannot be read"});
  // No passphrase is asked for on a terminal: an encrypted key counts as unreadable.
  const auto no_passphrase = [](char*, int, int, void*) { return -1; };
  const Key key(PEM_read_bio_PrivateKey(memory_of(key_pem).get(), nullptr, no_passphrase, nullptr));
  if (!key) return unreadable({"TLS私钥文件不可读", "the TLS key cannot be read"});
  if (X509_check_private_key(certificate.get(), key.get()) != 1) {
    return unreadable({"TLS证书与私钥不是一对", "the TLS certificate does not belong to the key"});
  }
  return TlsIdentity{std::move(key_pem), std::move(certificate_pem), pin_of(certificate.get())};
}

Result<TlsContext> TlsContext::server(const TlsIdentity& identity) {
  CHECK(load_tls_identity(identity.key_pem, identity.certificate_pem));
  const Certificate certificate(
      PEM_read_bio_X509(memory_of(identity.certificate_pem).get(), nullptr, nullptr, nullptr));
  const Key key(PEM_read_bio_PrivateKey(memory_of(identity.key_pem).get(), nullptr, nullptr, nullptr));
  auto context = context_for(TLS_server_method());
  if (SSL_CTX_use_certificate(context.get(), certificate.get()) != 1 ||
      SSL_CTX_use_PrivateKey(context.get(), key.get()) != 1) {
    return unreadable({"TLS证书不能用于本服务", "the TLS certificate cannot be used here"});
  }
  return TlsContext(std::move(context));
}

TlsContext TlsContext::pinned(std::vector<Pin> pins) {
  VERIFY(!pins.empty());
  auto context = context_for(TLS_client_method());
  VERIFY(SSL_CTX_set_ex_data(context.get(), pins_index(), new std::vector<Pin>(std::move(pins))) == 1);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_cert_verify_callback(context.get(), check_pin, nullptr);
  return TlsContext(std::move(context));
}

TlsContext TlsContext::unpinned() {
  auto context = context_for(TLS_client_method());
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_cert_verify_callback(context.get(), accept_any, nullptr);
  return TlsContext(std::move(context));
}

Result<Hash> channel_binding(ssl_st* connection) {
  constexpr std::string_view label = "EXPORTER-Channel-Binding";
  Hash binding;
  if (SSL_is_init_finished(connection) != 1 ||
      SSL_export_keying_material(connection, binding.data(), binding.size(), label.data(), label.size(), nullptr, 0,
                                 1) != 1) {
    return fail(FailureCode::unavailable, {"TLS连接尚未建立", "the TLS connection is not up"});
  }
  return binding;
}

Result<Pin> peer_pin(ssl_st* connection) {
  const Certificate certificate(SSL_get1_peer_certificate(connection));
  if (!certificate) return fail(FailureCode::unavailable, {"对方没有出示证书", "the peer showed no certificate"});
  return pin_of(certificate.get());
}

}  // namespace cunzheng::link
