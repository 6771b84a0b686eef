#pragma once
// Who may speak for the district: what the root key certified, and which journals were opened with a certified key.

#include "shared/journal/bodies.hpp"

#include <map>
#include <optional>
#include <string_view>
#include <vector>

namespace cunzheng::registers {

// An officer's id is made from the key, so no id can be claimed for another key.
domain::OfficerId officer_id(const crypto::PublicKey& key);

class Trust {
 public:
  explicit Trust(crypto::PublicKey root) : root_(root) {}

  // bad_input: not signed by the root, or not a statement that can be used. Of two with one number the one with the
  // smaller `order` counts.
  Status learn(const journal::HubCertified& certified, const std::pair<std::uint64_t, journal::EntryId>& order);
  void forget_statements() { statements_.clear(); }
  void learn(const journal::JournalId& journal, const journal::JournalOpened& opening);

  const journal::JournalOpened* opening_of(const journal::JournalId& journal) const;
  bool is_hub_journal(const journal::JournalId& journal) const;
  const std::vector<journal::JournalId>& journals(journal::JournalKind kind, const std::string& body) const;

  struct Statement {
    std::pair<std::uint64_t, journal::EntryId> order;
    journal::HubCertified certified;
    journal::HubStatement statement;
  };
  const Statement* newest() const;  // highest number; null: none
  // By any statement: what was signed in office stays signed.
  std::optional<crypto::PublicKey> officer_key(const domain::OfficerId& id) const;
  // Different officers of the statement in force at that moment, as many as it asks for.
  bool signed_by_officers(std::string_view tag, ByteView bytes,
                          const std::vector<journal::OfficerSignature>& signatures, Instant at) const;

 private:
  const journal::HubStatement* in_force(Instant at) const;

  crypto::PublicKey root_;
  std::map<std::uint32_t, Statement> statements_;
  std::map<journal::JournalId, journal::JournalOpened> openings_;
  std::map<std::pair<journal::JournalKind, std::string>, std::vector<journal::JournalId>> journals_;  // ascending
};

}  // namespace cunzheng::registers
