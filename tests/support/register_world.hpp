#pragma once
// A small district as entries: root, hub, two officers, committees with laptops and people in posts. Nothing of it is
// kept anywhere: what happens is written into journals here, and tests hand the ranges to stores in any order they
// like.

#include "shared/journal/writer.hpp"
#include "tests/support/seeded_random.hpp"

#include <deque>
#include <map>
#include <string>
#include <vector>

namespace cunzheng::test {

// The fifteenth hour of a day in China, and minutes after it.
Instant at_three(CivilDate day, int minutes = 0);

// Somebody with a key of their own.
struct Actor {
  crypto::KeyPair keys;
  domain::OfficerId id;
};

// A journal that is being written.
struct Line {
  journal::JournalKind kind = journal::JournalKind::device;
  std::string body;
  std::string series;
  std::uint32_t epoch = 0;
  journal::Writer writer;
  std::vector<journal::Range> ranges;  // one for each call that wrote
  // How far its writer has read the hub's journals, and the clock's confidence: given to what is written next.
  journal::Known known_district;
  journal::Known known_body;
  ClockConfidence confidence = ClockConfidence::plausible;

  const journal::JournalId& id() const { return writer.head().journal; }
  journal::Seq last() const { return writer.head().seq; }
};

// What a certificate is about, filled in for one that nothing is wrong with.
struct Paper {
  domain::ItemId item{"community-participation"};
  domain::PurposeCode purpose{"volunteer-record"};
  domain::RequesterKind requester_kind{"school"};
  std::string requesting_unit = "示范实验小学";
  domain::Person person{"测试乙", "120199198508229027", "", ""};
  std::map<std::string, std::string> facts;
  CivilDate day;
  std::uint32_t revision = 7;
  bool as_fallback = false;
  domain::DeliberationEvidence deliberation = domain::DeliberationEvidence::none;
  std::string deliberation_code;
  std::uint32_t serial = 0;                // 0: the next of the laptop
  const Actor* handler = nullptr;          // null: the committee's
  const Actor* head = nullptr;             // null: the committee's
  const Actor* head_signs_with = nullptr;  // null: the head's own key
};

class RegisterWorld {
 public:
  explicit RegisterWorld(std::uint64_t seed = 1);
  RegisterWorld(const RegisterWorld&) = delete;

  SeededRandom random;

  // ---- people
  Actor make_actor();
  Actor root, hub_key, wang, li;  // 王 and 李: officers of the district
  struct Staff {
    Actor handler, head, keeper;
  };
  Staff& staff(const std::string& body) { return staff_.at(body); }

  // ---- journals
  Line& district() { return *district_; }
  Line& office() { return *office_; }
  Line& body(const std::string& id) { return *bodies_.at(id); }
  // A committee with its journal, its name and its three people in post since 2020.
  Line& add_body(const std::string& id, CivilDate day);
  // An enrolled laptop that has read everything so far.
  Line& add_laptop(const std::string& body, const std::string& series, CivilDate day);
  // The laptop's disk copied: same key, same past; what both write from now on differs.
  Line& clone(const Line& laptop);
  Line& open(journal::JournalKind kind, const std::string& body, const Actor& actor, const std::string& series,
             std::uint32_t epoch, Instant at);
  const std::deque<Line>& lines() const { return lines_; }
  std::vector<journal::Range> everything() const;  // all ranges, in the order in which they were written
  std::vector<journal::Range> take();              // the same, which are then kept here no longer

  // ---- writing
  template <class Body>
  journal::EntryId write(Line& line, const Body& said, const typename Body::Private& personal, Instant at,
                         domain::SubjectId subject = {}) {
    std::vector<journal::Draft> drafts;
    drafts.push_back(journal::draft_of(said, personal, subject, random));
    return write(line, std::move(drafts), at).back();
  }
  std::vector<journal::EntryId> write(Line& line, std::vector<journal::Draft> drafts, Instant at);

  // ---- the district
  void publish(journal::DataKind kind, std::uint32_t revision, CivilDate effective_from, Bytes content, Instant at,
               std::size_t signatures = 2);
  journal::EntryId certify(journal::HubStatement statement, Instant at);  // by the root, with the next number
  journal::HubStatement statement() const { return statement_; }
  journal::EntryId appoint(const std::string& body, const Actor& officer, domain::Post post, CivilDate from, Instant at,
                           std::optional<CivilDate> to = {});
  journal::EntryId rule(const std::string& body, const domain::FindingId& finding, journal::RulingOutcome outcome,
                        Instant at);
  journal::EntryId revoke(const std::string& body, const Line& laptop, std::optional<journal::Seq> last_trusted,
                          Instant at);
  // The hub holds everything of that laptop.
  journal::EntryId receive(const Line& laptop, Instant at);
  // The false commitment of that person, with its decision; enough in order to exclude.
  journal::EntryId decide_credit(const domain::Person& person, CivilDate decided_on, Instant at,
                                 std::size_t signatures = 2);
  journal::EntryId credit_step(const journal::EntryId& credit_case, domain::CreditStep step, CivilDate on, Instant at);
  journal::EntryId publish_exclusions(std::uint32_t revision, const std::vector<std::string>& id_numbers, Instant at);

  // ---- a laptop
  // It reads everything the hub has written for it.
  void sync(Line& laptop);
  struct Issued {
    domain::SubjectId subject;
    journal::EntryId certificate;
    domain::CertificateNumber number;
  };
  Issued issue(Line& laptop, Paper paper, int minutes = 0);
  journal::EntryId spoil(Line& laptop, const Issued& issued, CivilDate day);
  journal::EntryId record(Line& laptop, const domain::Minutes& minutes, CivilDate day);
  journal::EntryId commit(Line& laptop, const domain::Person& person, CivilDate day);

 private:
  std::vector<journal::OfficerSignature> sign(std::string_view tag, ByteView bytes, std::size_t count) const;

  std::deque<Line> lines_;
  std::vector<std::pair<const Line*, std::size_t>> written_;
  Line* district_ = nullptr;
  Line* office_ = nullptr;
  std::map<std::string, Line*> bodies_;
  std::map<std::string, Staff> staff_;
  std::map<journal::JournalId, Actor> device_keys_;
  std::uint64_t lamport_ = 0;
  std::map<const Line*, std::uint32_t> serials_;
  journal::HubStatement statement_;
};

}  // namespace cunzheng::test
