#pragma once
// A district's journals written by hand: what a hub would say to one village, without a hub. For tests of laptops.

#include "shared/journal/writer.hpp"
#include "sync/program/grant.hpp"
#include "tests/support/seeded_random.hpp"

#include <optional>
#include <string>
#include <vector>

namespace cunzheng::test {

class HandWrittenHub {
 public:
  // The committee is "v1", 示范甲村; the clock of its entries is `now`, which the test moves.
  explicit HandWrittenHub(Instant now);

  Instant now;

  // Publishes a data file of the tree, signed by both officers.
  void publish(journal::DataKind kind, const std::string& file, CivilDate effective_from);
  void publish_text(journal::DataKind kind, const std::string& text, CivilDate effective_from);
  // A new list of excluded people.
  void exclude(const std::vector<std::string>& id_numbers, CivilDate as_of);
  void enrol(const crypto::PublicKey& device, const std::string& series);
  void appoint(const crypto::PublicKey& officer, const std::string& name, domain::Post post, CivilDate from);
  void receive(const journal::Head& head);

  program::Grant grant(const std::string& series) const;
  const crypto::PublicKey& root() const { return root_.public_key; }

  // Everything written so far, a range each, in order.
  const std::vector<journal::Range>& written() const { return written_; }

 private:
  template <class Body>
  void write(journal::Writer& writer, const Body& body, const typename Body::Private& personal = {});
  std::vector<journal::OfficerSignature> sign(std::string_view what, ByteView bytes) const;

  SeededRandom random_{42};
  crypto::KeyPair root_;
  crypto::KeyPair hub_;
  std::vector<crypto::KeyPair> officers_;
  journal::HubCertified certified_;
  std::vector<journal::Range> written_;
  std::optional<journal::Writer> district_;
  std::optional<journal::Writer> body_;
  std::uint32_t list_revision_ = 0;
};

}  // namespace cunzheng::test
