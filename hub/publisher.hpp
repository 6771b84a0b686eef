#pragma once
// What the district says to all villages: signed data (catalogue, calendar, quorums, commitment forms) and the list of
// exclusions. Checks before signing; writes into `district`. On the loop thread.

#include "hub/ledger.hpp"

namespace cunzheng::hub {

// An officer of the district with the unlocked key.
struct Signatory {
  domain::OfficerId id;
  crypto::KeyPair keys;
};

// refused: the root's statement in force does not certify this officer with this key. D18.
Status check_certified(const registers::FactBook& facts, const Signatory& signatory);

struct PublishReport {
  std::uint32_t revision = 0;
  CivilDate effective_from;
  journal::EntryId entry;
  std::vector<domain::CatalogueWarning>
      warnings;  // of a catalogue: what a person should look at, published all the same
};

class Publisher {
 public:
  Publisher(Ledger& ledger, const Directory& directory, const Clock& clock, Random& random);

  // `file` is the JSON form. `effective_from` counts for what carries no day of its own. Refused with the place named:
  // what check() of the kind refuses, a revision that does not rise (R102), too few or unknown signatories.
  void publish(journal::DataKind kind, std::string_view file, std::optional<CivilDate> effective_from,
               const std::vector<Signatory>& signatories, std::function<void(Result<PublishReport>)> done);

  // The draft of a new list for `district`: everybody who is excluded now, under a new key. `id_numbers` are
  // normalised; `revision` is above all before.
  Result<journal::Draft> exclusion_list(std::uint32_t revision, std::span<const std::string> id_numbers,
                                        const std::vector<Signatory>& signatories);

  // As many different officers, certified now, as the root's statement asks for. D18, D19.
  Status check_signatories(const std::vector<Signatory>& signatories) const;

 private:
  struct Content {
    Bytes bytes;
    std::uint32_t revision = 0;
    std::optional<CivilDate> effective_from;
    std::vector<domain::CatalogueWarning> warnings;
  };
  Result<Content> read(journal::DataKind kind, std::string_view file) const;

  Ledger& ledger_;
  const Directory& directory_;
  const Clock& clock_;
  Random& random_;
};

// The signatures of all signatories over tag and bytes.
std::vector<journal::OfficerSignature> sign_all(const std::vector<Signatory>& signatories, std::string_view tag,
                                                ByteView bytes);

}  // namespace cunzheng::hub
