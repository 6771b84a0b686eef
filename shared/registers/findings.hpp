#pragma once
// Findings: the data is in, something about it is odd, a person should look (R100, O1, O2). A finding is a pure
// function of a case and of facts. One whose ground went is still listed, closed by the entry that took the ground
// away, so that the list does not depend on the order in which things arrived.
//
// Most rules walk through facts in the order in which the district made them known (revisions, appointments,
// revocations, steps of a credit case): the fact with which things ceased to be in order is the evidence, the one with
// which they came right again withdraws the finding.

#include "shared/registers/cases.hpp"

#include <set>

namespace cunzheng::registers {

enum class FindingRule : std::uint8_t {
  superseded_revision,        // R99, R100: the law in force on the day of issue did not allow it
  not_in_post,                // R4, R120: handler or head did not hold the post on that day
  bad_paper_signature,        // D06: a signature on the certificate's text is wrong, or its key is not known
  same_person_signed_twice,   // R120: handler and head are one person
  deliberation_unmatched,     // O7: refers to minutes that nobody has recorded
  deliberation_not_standing,  // R27, R30, R39: the minutes are no valid decision for it, came later, or are used up
  commitment_excluded,        // R76, O5: an exclusion that the laptop did not know held on that day
  clock_doubtful,             // O6: made under a clock in doubt, or its time is not where the hub's words put it
  after_revocation,           // O9: arrived from a revoked device, past its last trusted entry
  forked_journal,             // D09: stands on one of two branches of a journal
  unreadable_entry,           // D31
  duplicate_certificate,      // O2: same person, item, day and addressee as another one
  number_used_twice,          // O3, R104: another certificate has this number
  out_of_place,               // D14: says what its writer may not say
  number_not_of_series,       // O3: no number at all, or not of the series the device was given
};

struct Finding {
  domain::FindingId id;  // tagged_hash("finding", subject, rule, evidence)
  domain::SubjectId subject;
  std::string body;  // committee concerned; empty: unknown
  FindingRule rule = FindingRule::unreadable_entry;
  std::string law;            // "R100"
  CivilDate day;              // of the act that is judged; 1970-01-01: not known
  journal::EntryId evidence;  // the entry that shows it
  std::string detail;         // ids, revisions, dates: never personal
  std::vector<journal::RulingOutcome> allowed;
  std::optional<journal::EntryId> withdrawn_by;  // its ground went with this entry
  std::optional<journal::RulingOutcome> ruling;
  std::optional<journal::EntryId> ruled_by;

  bool is_open() const { return !withdrawn_by && !ruling; }
  bool operator==(const Finding&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(id), CEREAL_NVP(subject), CEREAL_NVP(body), CEREAL_NVP(rule), CEREAL_NVP(law), CEREAL_NVP(day),
            CEREAL_NVP(evidence), CEREAL_NVP(detail), CEREAL_NVP(allowed), CEREAL_NVP(withdrawn_by), CEREAL_NVP(ruling),
            CEREAL_NVP(ruled_by));
  }
};

domain::FindingId finding_id(const domain::SubjectId& subject, FindingRule rule, const journal::EntryId& evidence);

// What a certificate shows of itself to the judgement of others.
struct IssuedMark {
  domain::SubjectId subject;
  journal::EntryId entry;
  std::uint64_t lamport = 0;
  domain::ItemId item;
  CivilDate issued_on;
  std::string addressee;  // unit or person that asks
  std::optional<journal::EntryId> spoiled_by;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(subject), CEREAL_NVP(entry), CEREAL_NVP(lamport), CEREAL_NVP(item), CEREAL_NVP(issued_on),
            CEREAL_NVP(addressee), CEREAL_NVP(spoiled_by));
  }
};
// 24 characters; for what is no number (a paper may still bear it) its bytes.
std::string number_text(const domain::CertificateNumber& number);
IssuedMark mark_of(const CertificateCase& certificate_case, const At<journal::CertificateIssued>& issued,
                   const domain::SubjectId& subject);

// What judge() asks beyond the fact book; answered from other subjects. Whoever answers sees to it that a subject is
// judged again when an answer it got would be another one.
class Elsewhere {
 public:
  virtual ~Elsewhere() = default;

  // The recorded minutes of that committee with this code, and the certificates that refer to them.
  virtual std::optional<At<journal::DeliberationRecorded>> minutes(const std::string& body,
                                                                   const std::string& code) const = 0;
  virtual std::vector<IssuedMark> uses(const std::string& body, const std::string& code) const = 0;
  // Certificates of the person with this number, and those with this machine number.
  virtual std::vector<IssuedMark> of_person(const std::string& id_number) const = 0;
  virtual std::vector<IssuedMark> with_number(const std::string& machine_number) const = 0;
  // Credit cases of the person (hub only; a laptop answers nothing). R76, R92.
  virtual std::vector<CreditCase> credit_cases(const std::string& id_number) const = 0;
  // The first seq at which this journal has two branches. Changes are told as the device's: "device/<key>".
  virtual std::optional<journal::Seq> fork_of(const journal::JournalId& journal) const = 0;
  // Whether that officer's key signed the words of a paper: the dearest question of all, so that it can be answered by
  // workers beforehand.
  virtual bool signed_paper(const crypto::PublicKey& key, std::string_view tag, ByteView words,
                            const crypto::Signature& signature) const = 0;
};

struct Judgement {
  std::vector<Finding> findings;  // by id; each once
  std::set<FactKey> watched;      // facts that were looked at: when one of these changes, judge again
};

Judgement judge(const Case& subject, const FactBook& facts, const Elsewhere& elsewhere);

}  // namespace cunzheng::registers

template <>
struct cunzheng::codec::EnumNames<cunzheng::registers::FindingRule> {
  static constexpr std::array names{"superseded_revision",    "not_in_post",
                                    "bad_paper_signature",    "same_person_signed_twice",
                                    "deliberation_unmatched", "deliberation_not_standing",
                                    "commitment_excluded",    "clock_doubtful",
                                    "after_revocation",       "forked_journal",
                                    "unreadable_entry",       "duplicate_certificate",
                                    "number_used_twice",      "out_of_place",
                                    "number_not_of_series"};
};
