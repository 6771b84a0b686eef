#pragma once
// Realistic certificates without end, from a seed: names, purposes, facts and lengths as village papers have them, real
// texts, real signatures of handler and head. For benches and for filling stores; all people are synthetic.

#include "shared/journal/writer.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace cunzheng::test {

class CertificateMill {
 public:
  // `signed_papers` false leaves the two signatures zero: for measuring what signing costs.
  explicit CertificateMill(std::uint64_t seed, bool signed_papers = true);

  // The drafts of one complete certificate: application and issue, with private parts.
  std::vector<journal::Draft> next();

  const crypto::PublicKey& handler_key() const { return handler_.public_key; }
  const crypto::PublicKey& head_key() const { return head_.public_key; }
  std::size_t text_bytes() const { return text_bytes_; }  // of all texts so far

 private:
  std::uint64_t draw();
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(draw() % bound); }
  std::string person_name();
  std::string citizen_id();
  std::string statement();

  std::uint64_t state_;
  bool signed_papers_;
  crypto::KeyPair handler_;
  crypto::KeyPair head_;
  std::uint32_t serial_ = 0;
  std::size_t text_bytes_ = 0;
};

}  // namespace cunzheng::test
