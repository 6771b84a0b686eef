#pragma once
// The state of one subject: a pure function of the set of its entries. Folding sorts, so arrival order cannot matter;
// it never fails on what is stored.

#include "shared/registers/facts.hpp"

#include <span>
#include <variant>

namespace cunzheng::registers {

// Where and when an entry stands.
struct Stamp {
  journal::EntryId id;
  journal::JournalId at;  // journal or branch it is held in. Which of two branches has the journal's own id depends on
                          // the order of arrival, so nothing that is kept may be made from it
  journal::JournalId journal;
  journal::Seq seq = 0;
  std::uint64_t lamport = 0;
  TimeClaim claimed;
  journal::Known known_district;
  journal::Known known_body;
};

// What became of an entry's private part. A missing one is a loss and is asked for again.
enum class PersonalPart : std::uint8_t { present, missing, erased };

// One entry of a case. `personal` is empty unless the private part is present.
template <class Body>
struct At {
  Stamp stamp;
  Body body;
  std::optional<typename Body::Private> personal;
  PersonalPart part = PersonalPart::missing;
};

// An application and what became of it: at most one certificate in an honest journal; a fork may show two.
struct CertificateCase {
  std::optional<At<journal::ApplicationOpened>> application;
  std::vector<At<journal::CertificateIssued>> issued;
  std::vector<At<journal::CertificateSpoiled>> spoiled;
  std::vector<At<journal::CertificateReissued>> reissues;  // what it stands in the place of
  std::vector<At<journal::ApplicationRefused>> refused;

  // The note that spoiled this one; null: it stands.
  const At<journal::CertificateSpoiled>* spoiling(const At<journal::CertificateIssued>& certificate) const;
};
struct DeliberationCase {
  At<journal::DeliberationRecorded> recorded;
};
struct InquiryCase {
  At<journal::InquiryRecorded> recorded;
};
struct CommitmentCase {
  At<journal::CommitmentMade> made;
  std::vector<At<journal::CommitmentAnswered>> answered;
};
struct CreditCase {
  At<journal::CreditDecided> decided;
  std::vector<At<journal::CreditStepTaken>> steps;
};
// A subject of facts (an appointment, a revision...), or one that cannot be read or is newer than this program.
struct OtherCase {};

struct Case {
  domain::SubjectId subject;
  std::string body;  // committee; empty: none, or not known
  std::variant<OtherCase, CertificateCase, DeliberationCase, InquiryCase, CommitmentCase, CreditCase> what;
  std::vector<Stamp> unreadable;    // damaged, or not in canonical form (D31): each is a finding
  std::vector<Stamp> out_of_place;  // say what their writer may not say, or about another committee's subject
};

// In any order, with any repetition. Lists are in the order of lamport, then id. The book is asked only for the opening
// of the journals, which comes before anything else of them.
Case fold(const domain::SubjectId& subject, std::span<const Held> entries, const FactBook& facts);

// Short code printed on minutes and typed when a certificate refers to them (O7): from the entry's id.
std::string minutes_code(const journal::EntryId& recorded);

}  // namespace cunzheng::registers

template <>
struct cunzheng::codec::EnumNames<cunzheng::registers::PersonalPart> {
  static constexpr std::array names{"present", "missing", "erased"};
};
