#pragma once
// Registers over a store: what a hub does with what arrives, in one thread.

#include "shared/registers/mem_row_store.hpp"
#include "shared/registers/projection.hpp"
#include "sync/store/mem_store.hpp"
#include "tests/support/catalogues.hpp"
#include "tests/support/register_world.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <set>

namespace cunzheng::test {

class SubjectsOfStore final : public registers::Subjects {
 public:
  explicit SubjectsOfStore(store::EntryStore& entries) : entries_(entries) {}
  Result<std::vector<registers::Held>> of_subject(const domain::SubjectId& subject) override {
    TRY(auto items, entries_.of_subject(subject));
    std::vector<registers::Held> out;
    for (auto& item : items) out.push_back({item.place.journal, std::move(item.item)});
    return out;
  }

 private:
  store::EntryStore& entries_;
};

class RegisterBooks {
 public:
  explicit RegisterBooks(const crypto::PublicKey& root) : root_(root) {
    SeededRandom chance(99);
    person_key_ = std::make_unique<crypto::SymmetricKey>(crypto::SymmetricKey::draw(chance));
    restart();
  }

  store::MemStore store;
  registers::MemRowStore rows;
  registers::Projection& projection() { return *projection_; }

  void take(const std::vector<journal::Range>& ranges) {
    const auto report = store.append(ranges);
    ASSERT_TRUE(report) << report.error().what.en << " " << report.error().field;
  }
  // Rows for the next `most` arrivals; false: there are none.
  bool project(std::size_t most = 10'000) {
    const auto arrivals = store.arrivals(projection_->cursor(), most);
    EXPECT_TRUE(arrivals);
    if (!arrivals || arrivals->empty()) return false;
    std::vector<registers::NumberedArrival> numbered;
    for (const auto& arrival : *arrivals) {
      const auto stored = store.item(arrival.place);
      EXPECT_TRUE(stored);
      const auto info = store.journal(arrival.place.journal);
      std::optional<journal::Seq> forked_at;
      if (info && info->fork) forked_at = info->fork->seq;
      numbered.push_back({arrival.number, {arrival.place.journal, stored->item}, forked_at, arrival.place.seq});
    }
    const auto applied = projection_->apply(numbered);
    EXPECT_TRUE(applied) << (applied ? "" : applied.error().what.en);
    return true;
  }
  void take_all(const std::vector<journal::Range>& ranges) {
    take(ranges);
    while (project()) {
    }
  }
  // The program ends and starts again on the rows as they are.
  void restart() { restart(subjects_); }
  void restart(registers::Subjects& subjects) {
    projection_ = std::make_unique<registers::Projection>(rows, subjects, root_, *person_key_);
    const auto opened = projection_->open();
    EXPECT_TRUE(opened) << (opened ? "" : opened.error().what.en);
  }
  void rebuild(std::size_t most = 10'000) {
    EXPECT_TRUE(projection_->reset());
    while (project(most)) {
    }
  }
  Hash digest() { return projection_->digest().value_or(Hash{}); }

  template <class Row>
  std::vector<Row> book(const std::string& body = {}) {
    const auto found = projection_->book<Row>(body);
    EXPECT_TRUE(found) << (found ? "" : found.error().what.en);
    return found ? *found : std::vector<Row>{};
  }
  std::vector<registers::Finding> findings(bool open_only = false, const std::string& body = {}) {
    const auto found = projection_->findings(body, open_only);
    EXPECT_TRUE(found) << (found ? "" : found.error().what.en);
    return found ? *found : std::vector<registers::Finding>{};
  }
  // "superseded_revision open", "not_in_post withdrawn", "... ruled": those of a subject, or of all.
  std::multiset<std::string> told(const std::optional<domain::SubjectId>& subject = {}) {
    std::multiset<std::string> out;
    for (const auto& finding : findings()) {
      if (subject && finding.subject != *subject) continue;
      const char* state = finding.ruling ? " ruled" : finding.withdrawn_by ? " withdrawn" : " open";
      out.insert(std::string(codec::name_of(finding.rule)) + state);
    }
    return out;
  }

 private:
  crypto::PublicKey root_;
  std::unique_ptr<crypto::SymmetricKey> person_key_;
  SubjectsOfStore subjects_{store};
  std::unique_ptr<registers::Projection> projection_;
};

// A district with the shipped lists, numbers and forms in force, and committee v1.
inline void publish_shipped(RegisterWorld& world) {
  using domain::testing::day;
  const auto text = [](const char* name) { return test::tree_text(std::string("deploy/data/") + name); };
  const auto at = at_three(day("2026-03-20"));
  world.publish(journal::DataKind::catalogue, 7, day("2026-04-01"), codec::encode(domain::testing::shipped()), at);
  const auto table = domain::quorum_table_from_json(text("quorums.json"));
  ASSERT_TRUE(table);
  world.publish(journal::DataKind::quorums, table->revision, day("2020-01-01"), codec::encode(*table), at);
  const auto forms = domain::commitment_forms_from_json(text("commitment-trial.json"));
  ASSERT_TRUE(forms);
  world.publish(journal::DataKind::commitment_forms, forms->revision, day("2020-01-01"), codec::encode(*forms), at);
  world.add_body("v1", day("2026-03-20"));
}

}  // namespace cunzheng::test
