#pragma once
// A year of a village with two laptops, in which everything may happen that the registers know of.

#include "tests/support/long_run.hpp"
#include "tests/support/quorum_tables.hpp"
#include "tests/support/register_books.hpp"

#include <algorithm>

namespace cunzheng::test {

// Of the years a property is tried on.
inline std::vector<std::uint64_t> year_seeds() {
  std::vector<std::uint64_t> out;
  for (std::uint64_t seed = 1; seed <= (is_long_run() ? 400 : 12); ++seed) out.push_back(seed);
  return out;
}

inline const std::vector<domain::Person>& people_of_year() {
  static const std::vector<domain::Person> all{{"测试乙", "120199198508229027", "", ""},
                                               {"测试丙", "120199199001019033", "", ""},
                                               {"演示辰", "120199194708029152", "", ""}};
  return all;
}

class RandomYear {
 public:
  explicit RandomYear(std::uint64_t seed) : world(seed), chance_(seed * 977), books_(world.root.keys.public_key) {
    publish_shipped(world);
    laptops_ = {&world.add_laptop("v1", "A", domain::testing::day("2026-04-01")),
                &world.add_laptop("v1", "B", domain::testing::day("2026-04-01"))};
    for (int k = 0; k < 80; ++k) {
      today_ = today_ + static_cast<int>(chance_.below(5));
      step();
    }
  }

  RegisterWorld world;
  std::size_t certificates = 0;

 private:
  Line& laptop() { return *laptops_[chance_.below(laptops_.size())]; }
  Instant now() { return at_three(today_, static_cast<int>(chance_.below(60))); }
  const domain::Person& person() { return people_of_year()[chance_.below(people_of_year().size())]; }
  CivilDate some_time_ago() { return today_ + -static_cast<int>(chance_.below(40)); }

  void step() {
    switch (chance_.below(20)) {
      case 0:
        return publish();
      case 1:
        return appoint();
      case 2:
        return meet();
      case 3:
        commitments_.push_back(world.commit(laptop(), person(), today_));
        return;
      case 4:
        return credit();
      case 5:
        return rule();
      case 6:
        return world.sync(laptop());
      case 7:
        world.receive(laptop(), now());
        return;
      case 8:
        return revoke();
      case 9:
        world.publish_exclusions(++lists_, {person().id_number}, now());
        return;
      case 10:
        return fork();
      case 11:
        return erase();
      case 12:
        return stray();
      case 13:
        if (!issued_.empty()) world.spoil(laptop(), pick(issued_), today_);
        return;
      case 14:
        laptop().confidence = chance_.one_in(3) ? ClockConfidence::doubtful : ClockConfidence::plausible;
        return;
      case 15:
        return ask();
      case 16:
        return refuse();
      default:
        return issue();
    }
  }

  template <class List>
  const typename List::value_type& pick(const List& list) {
    return list[chance_.below(list.size())];
  }

  void issue() {
    Paper paper;
    paper.day = chance_.one_in(8) ? some_time_ago() : today_;
    paper.person = person();
    if (!codes_.empty() && chance_.one_in(3)) {
      paper.item = domain::ItemId("homestead-opinion");
      paper.purpose = domain::PurposeCode("homestead-approval");
      paper.requester_kind = domain::RequesterKind("township-or-street");
      paper.deliberation =
          chance_.one_in(2) ? domain::DeliberationEvidence::paper_reference : domain::DeliberationEvidence::on_file;
      paper.deliberation_code = chance_.one_in(8) ? "0000000000" : pick(codes_);
    }
    if (chance_.one_in(10)) paper.head = &world.li;
    if (chance_.one_in(12)) paper.handler = &world.staff("v1").head;
    if (chance_.one_in(12)) paper.serial = 1;
    // Now and then another laptop has the same person before it.
    for (auto times = chance_.one_in(3) ? 2 : 1; times > 0; --times) {
      auto& line = laptop();
      const auto series = line.series;
      if (paper.serial == 1 && chance_.one_in(2)) line.series = "Z";
      issued_.push_back(world.issue(line, paper));
      line.series = series;
      ++certificates;
    }
  }
  void ask() {
    const journal::InquiryRecorded asked{domain::ItemId("community-participation"), revision_, today_,
                                         journal::InquiryAnswer::guide_given, world.staff("v1").handler.id};
    world.write(laptop(), asked, {"怎么办", "给了指南"}, now());
  }
  // An application that waits, or is refused on the same day.
  void refuse() {
    journal::ApplicationOpened application;
    application.item = domain::ItemId("n5-no-crime");
    application.requester_kind = domain::RequesterKind("company");
    application.requesting_unit = "示范保安公司";
    application.applied_on = today_;
    application.due_on = today_ + 3;
    auto& line = laptop();
    const auto opened = world.write(line, application, {person(), "无犯罪记录证明", "", "", "", {}, false}, now());
    if (chance_.one_in(3)) return;
    const journal::ApplicationRefused refused{domain::RefusalReason::not_issuable, "R45", revision_, today_,
                                              world.staff("v1").handler.id,        false};
    world.write(line, refused, {"不予出具"}, now(), domain::SubjectId(opened.value()));
  }
  // Revisions from 8 on, each with the item withdrawn or not, in force from before or after today.
  void publish() {
    auto catalogue = domain::testing::trial();
    catalogue.revision = ++revision_;
    catalogue.effective_from = effective_ = std::max(effective_, some_time_ago() + 20);
    const auto at = now();
    for (auto& item : catalogue.issuable) {
      if (item.id != domain::ItemId("community-participation")) continue;
      item.in_force_to = chance_.one_in(2) ? std::optional(catalogue.effective_from + -1) : std::nullopt;
    }
    world.publish(journal::DataKind::catalogue, catalogue.revision, catalogue.effective_from, codec::encode(catalogue),
                  at, chance_.one_in(5) ? 1 : 2);
  }
  void appoint() {
    const auto& staff = world.staff("v1");
    const auto& officer = chance_.one_in(2) ? staff.head : chance_.one_in(2) ? world.li : staff.handler;
    world.appoint("v1", officer, chance_.one_in(3) ? domain::Post::handler : domain::Post::head, some_time_ago(),
                  now());
  }
  void meet() {
    auto minutes = domain::testing::homestead_minutes();
    minutes.scope.uses_max = 1 + static_cast<std::uint32_t>(chance_.below(2));
    if (chance_.one_in(3)) minutes.counts["present"] = 20;
    codes_.push_back(registers::minutes_code(world.record(laptop(), minutes, today_)));
  }
  void credit() {
    if (credit_cases_.empty() || chance_.one_in(2)) {
      credit_cases_.push_back(world.decide_credit(person(), some_time_ago(), now(), chance_.one_in(4) ? 1 : 2));
    } else {
      world.credit_step(pick(credit_cases_),
                        chance_.one_in(2) ? domain::CreditStep::repaired : domain::CreditStep::corrected_on_objection,
                        today_, now());
    }
  }
  // On something that is open at this moment.
  void rule() {
    RegisterBooks books(world.root.keys.public_key);
    books.take_all(world.everything());
    const auto open = books.findings(true);
    if (open.empty()) return;
    const auto& finding = pick(open);
    world.rule("v1", finding.id, pick(finding.allowed), now());
  }
  void revoke() {
    if (!chance_.one_in(3)) return;
    auto& line = laptop();
    world.revoke("v1", line, chance_.below(line.last() + 1), now());
  }
  void fork() {
    if (laptops_.size() == 2 && chance_.one_in(2)) laptops_.push_back(&world.clone(*laptops_[0]));
  }
  // Private parts that are ordered away, of a certificate's application or of an appointment.
  void erase() {
    if (issued_.empty()) return;
    const auto& issued = pick(issued_);
    const journal::EntryId entry(issued.subject.value());
    world.write(world.body("v1"),
                journal::PrivatePartErased{entry, {}, 1, journal::ErasureReason::retention_ended, "示范区档案馆"},
                {"到期"}, now(), issued.subject);
  }
  // What honest programs do not write.
  void stray() {
    if (issued_.empty()) return;
    const auto& subject = pick(issued_).subject;
    auto& line = laptop();
    switch (chance_.below(4)) {
      case 0:
        world.write(line, journal::CommitmentAnswered{domain::CommitmentState::accepted, today_}, {}, now(), subject);
        return;
      case 1: {
        auto draft = journal::draft_of(journal::CertificateSpoiled{}, {"x"}, subject, world.random);
        draft.body.push_back(0);
        world.write(line, {draft}, now());
        return;
      }
      case 2: {
        auto draft = journal::draft_of(journal::CertificateSpoiled{}, {"x"}, subject, world.random);
        draft.kind = journal::BodyKind(39);
        world.write(line, {draft}, now());
        return;
      }
      default: {
        // Another statement of the root: 李 leaves, or comes back.
        auto statement = world.statement();
        statement.from = now();
        if (statement.officers.size() == 2) {
          statement.signatures_needed = 1;
          statement.officers.pop_back();
        } else {
          statement.signatures_needed = 2;
          statement.officers.push_back({world.li.id, world.li.keys.public_key, "李区员"});
        }
        world.certify(statement, now());
        return;
      }
    }
  }

  SeededRandom chance_;
  RegisterBooks books_;
  std::vector<Line*> laptops_;
  CivilDate today_ = domain::testing::day("2026-04-02");
  CivilDate effective_ = domain::testing::day("2026-04-01");
  std::uint32_t revision_ = 7;
  std::uint32_t lists_ = 0;
  std::vector<RegisterWorld::Issued> issued_;
  std::vector<journal::EntryId> commitments_;
  std::vector<journal::EntryId> credit_cases_;
  std::vector<std::string> codes_;
};

}  // namespace cunzheng::test
