#include "shared/registers/projection_state.hpp"

#include <algorithm>

namespace cunzheng::registers {
namespace {

const RowKey cursor_row{table::cursor, {}};

// Answers judge() from the rows and entries of other subjects.
class Others final : public Elsewhere {
 public:
  Others(const Projection::SignedPaper& signed_paper, KeyHashes& hashes, Subjects& subjects, const DraftRows& rows,
         const FactBook& facts, const std::map<journal::JournalId, journal::Seq>& forks)
      : signed_paper_(signed_paper), hashes_(hashes), subjects_(subjects), rows_(rows), facts_(facts), forks_(forks) {}

  // The first failure while answering: then the answers are worth nothing.
  Status failed() const { return failed_; }

  std::optional<At<journal::DeliberationRecorded>> minutes(const std::string& body,
                                                           const std::string& code) const override {
    for (const auto& subject : named_in(table::minutes, code_key(body, code))) {
      const auto found = load(subject);
      if (const auto* meeting = std::get_if<DeliberationCase>(&found.what)) return meeting->recorded;
    }
    return std::nullopt;
  }
  std::vector<IssuedMark> uses(const std::string& body, const std::string& code) const override {
    return marks<IssuedMark>(table::use, code_key(body, code));
  }
  std::vector<IssuedMark> of_person(const std::string& id_number) const override {
    if (id_number.empty()) return {};
    std::vector<IssuedMark> out;
    for (const auto& mark : marks<std::optional<IssuedMark>>(table::person, hashes_.person(id_number))) {
      if (mark) out.push_back(*mark);
    }
    return out;
  }
  std::vector<IssuedMark> with_number(const std::string& machine_number) const override {
    return marks<IssuedMark>(table::number, text_key(machine_number));
  }
  std::vector<CreditCase> credit_cases(const std::string& id_number) const override {
    std::vector<CreditCase> out;
    if (id_number.empty()) return out;
    for (const auto& subject : named_in(table::credit_of, hashes_.person(id_number))) {
      auto found = load(subject);
      if (auto* credit_case = std::get_if<CreditCase>(&found.what)) out.push_back(std::move(*credit_case));
    }
    return out;
  }
  std::optional<journal::Seq> fork_of(const journal::JournalId& journal) const override {
    const auto found = forks_.find(journal);
    return found == forks_.end() ? std::nullopt : std::optional(found->second);
  }
  bool signed_paper(const crypto::PublicKey& key, std::string_view tag, ByteView words,
                    const crypto::Signature& signature) const override {
    return signed_paper_(key, tag, words, signature);
  }

 private:
  void note(const Status& status) const {
    if (!status && failed_) failed_ = status;
  }

  std::vector<domain::SubjectId> named_in(const char* name, const Bytes& prefix) const {
    std::vector<domain::SubjectId> out;
    note(rows_.scan(name, prefix, [&](ByteView key, ByteView) {
      out.push_back(subject_in(key, prefix.size()));
      return true;
    }));
    return out;
  }

  template <class Mark>
  std::vector<Mark> marks(const char* name, const Bytes& prefix) const {
    std::vector<Mark> out;
    note(rows_.scan(name, prefix, [&](ByteView, ByteView value) {
      auto mark = codec::decode<Mark>(value);
      if (!mark) note(tl::make_unexpected(mark.error()));
      if (mark) out.push_back(*std::move(mark));
      return true;
    }));
    return out;
  }

  Case load(const domain::SubjectId& subject) const {
    const auto entries = subjects_.of_subject(subject);
    if (entries) return fold(subject, *entries, facts_);
    note(tl::make_unexpected(entries.error()));
    return {};
  }

  const Projection::SignedPaper& signed_paper_;
  KeyHashes& hashes_;
  Subjects& subjects_;
  const DraftRows& rows_;
  const FactBook& facts_;
  const std::map<journal::JournalId, journal::Seq>& forks_;
  mutable Status failed_;
};

// An entry that only says a fact, or a receipt: nothing about its subject can be odd.
bool opens_plain_fact(const journal::Entry& entry, const FactBook& facts, const journal::JournalId& journal) {
  const auto* opening = facts.opening_of(journal);
  if (entry.subject != domain::SubjectId{} || !opening) return false;
  const bool plain = FactBook::is_fact(entry.kind) || entry.kind.value() == journal::Received::kind ||
                     entry.kind.value() == journal::Checkpoint::kind;
  if (!plain || !journal::may_stand_in(entry.kind, opening->journal_kind)) return false;
  bool readable = false;
  visit_kind(journal::AllBodies{}, entry.kind,
             [&](auto tag) { readable = journal::read_body<typename decltype(tag)::Type>(entry).has_value(); });
  return readable;
}

}  // namespace

Projection::State::State(RowStore& store, Subjects& entries, crypto::PublicKey root_key,
                         const crypto::SymmetricKey& key_of_persons, SignedPaper check)
    : rows(store),
      subjects(entries),
      root(root_key),
      person_key(key_of_persons),
      signed_paper(std::move(check)),
      facts(root_key) {}

void Projection::State::forget() {
  facts = FactBook(root);
  forks.clear();
  damaged.clear();
  cursor = 0;
}

// One batch of arrivals on its way into the rows.
class Projection::Round {
 public:
  explicit Round(State& state)
      : state_(state),
        hashes_(state.person_key),
        draft_(state.rows),
        others_(state.signed_paper, hashes_, state.subjects, draft_, state.facts, state.forks) {}

  Status take(const NumberedArrival& arrival);
  Status finish();

 private:
  Status take_damaged(const NumberedArrival& arrival);
  Status take_fact(const Held& held);
  void take_word(const journal::Entry& entry, const journal::EntryId& id);
  void take_fork(const journal::JournalId& journal, journal::Seq seq);

  Status wake_watchers();
  Status index_touched();
  Status judge_all();
  // Puts `now` in the place of the rows that the subject had in these tables; the keys that changed.
  Result<std::vector<RowKey>> replace(const domain::SubjectId& subject, const Rows& now, bool index);
  Result<const Case*> load(const domain::SubjectId& subject);

  State& state_;
  KeyHashes hashes_;
  DraftRows draft_;
  Others others_;
  std::set<domain::SubjectId> touched_;
  std::set<domain::SubjectId> woken_;
  std::set<FactKey> changed_;
  std::map<domain::SubjectId, Case> cases_;
};

Status Projection::Round::take(const NumberedArrival& arrival) {
  if (arrival.number <= state_.cursor) return {};  // in the rows already
  if (arrival.number != state_.cursor + 1) {
    return fail(FailureCode::conflict, {"到达顺序不连续", "arrivals are missing before this one"});
  }
  state_.cursor = arrival.number;
  const auto& [at, item] = arrival.held;
  const auto entry =
      item.is_stub() ? Result<journal::Entry>(fail(FailureCode::unreadable, {})) : journal::parse_entry(item.entry);
  if (!entry) return take_damaged(arrival);
  if (!state_.damaged.empty()) {
    for (const auto& id : {item.id, stand_in_id({at, arrival.seq})}) {
      if (state_.damaged.erase(id) == 0) continue;
      draft_.erase({table::damaged, bytes_of(id.value())});
      touched_.insert(domain::SubjectId(id.value()));
    }
  }
  const auto journal = entry->seq == 0 ? journal::JournalId{item.id.value()} : entry->journal;
  if (FactBook::is_fact(entry->kind)) CHECK(take_fact(arrival.held));
  take_word(*entry, item.id);
  if (arrival.forked_at) take_fork(journal, *arrival.forked_at);
  if (!opens_plain_fact(*entry, state_.facts, journal)) touched_.insert(journal::subject_of(*entry, item.id));
  return {};
}

Status Projection::Round::take_damaged(const NumberedArrival& arrival) {
  const DamagedAt place{arrival.held.at, arrival.seq};
  const auto id = arrival.held.item.id == journal::EntryId{} ? stand_in_id(place) : arrival.held.item.id;
  state_.damaged.insert(id);
  draft_.put({table::damaged, bytes_of(id.value())}, codec::encode(place));
  touched_.insert(domain::SubjectId(id.value()));
  return {};
}

Status Projection::Round::take_fact(const Held& held) {
  const RowKey row{table::fact, bytes_of(held.item.id.value())};
  TRY(const auto before, draft_.get(row));
  auto learned = state_.facts.learn(held);
  changed_.insert(learned.changed.begin(), learned.changed.end());
  FactCopy now{held.item.entry, held.item.private_part};
  if (before && !now.private_part) {
    // What came with its private part once may arrive again without it.
    TRY(now, codec::decode<FactCopy>(*before));
  }
  draft_.put(row, codec::encode(now));
  for (const auto& entry : learned.strip) {
    const RowKey stripped{table::fact, bytes_of(entry.value())};
    TRY(const auto copy, draft_.get(stripped));
    if (!copy) continue;
    TRY(auto bare, codec::decode<FactCopy>(*copy));
    bare.private_part.reset();
    draft_.put(stripped, codec::encode(bare));
  }
  return {};
}

void Projection::Round::take_word(const journal::Entry& entry, const journal::EntryId& id) {
  const auto word = state_.facts.word_of(entry, id);
  if (!word) return;
  const auto keys = state_.facts.hear(*word);
  changed_.insert(keys.begin(), keys.end());
  auto key = bytes_of(word->journal.value());
  add_big_endian(key, word->seq);
  append(key, id.value());
  draft_.put({table::word, std::move(key)}, codec::encode(*word));
}

void Projection::Round::take_fork(const journal::JournalId& journal, journal::Seq seq) {
  auto key = bytes_of(journal.value());
  add_big_endian(key, seq);
  draft_.put({table::fork, std::move(key)}, {});
  const auto [fork, is_new] = state_.forks.emplace(journal, seq);
  if (!is_new && fork->second <= seq) return;
  fork->second = seq;
  if (const auto* opening = state_.facts.opening_of(journal)) changed_.insert(device_key(opening->key));
}

Status Projection::Round::finish() {
  CHECK(wake_watchers());
  CHECK(index_touched());
  CHECK(judge_all());
  CHECK(others_.failed());
  draft_.put(cursor_row, codec::encode(Cursor{rows_version, state_.cursor}));
  return draft_.write();
}

Status Projection::Round::wake_watchers() {
  for (const auto& key : changed_) {
    const auto prefix = hashes_.watch(key);
    CHECK(draft_.scan(table::watch, prefix, [&](ByteView row, ByteView) {
      woken_.insert(subject_in(row, prefix.size()));
      return true;
    }));
  }
  return {};
}

// First what touched subjects show to others, so that then each is judged by what all of them show.
Status Projection::Round::index_touched() {
  for (const auto& subject : touched_) {
    TRY(const auto* found, load(subject));
    TRY(const auto changed, replace(subject, index_rows(*found, hashes_), true));
    for (const auto& row : changed) {
      const auto concerned = concerned_by(row);
      if (!concerned) continue;
      CHECK(draft_.scan(concerned->table, concerned->prefix, [&](ByteView key, ByteView) {
        woken_.insert(subject_in(key, concerned->prefix.size()));
        return true;
      }));
    }
  }
  return {};
}

Status Projection::Round::judge_all() {
  woken_.insert(touched_.begin(), touched_.end());
  for (const auto& subject : woken_) {
    TRY(const auto* found, load(subject));
    auto judgement = judge(*found, state_.facts, others_);
    Rows now;
    for (auto& row : rows_of(*found, judgement.findings, state_.facts, judgement.watched)) {
      auto key = text_key(row.body);
      append(key, row.order);
      auto of_day = day_key(row.table, row.day, {});
      append(of_day, key);
      now[{table::by_day, std::move(of_day)}] = key;
      now[{row.table, std::move(key)}] = std::move(row.row);
    }
    for (const auto& finding : judgement.findings) {
      now[{table::finding, bytes_of(finding.id.value())}] = codec::encode(finding);
      auto key = text_key(finding.body);
      key.push_back(finding.is_open() ? 0 : 1);
      add_big_endian(key, static_cast<std::uint64_t>(finding.day - CivilDate::first));
      append(key, finding.id.value());
      now[{table::body_finding, std::move(key)}] = {};
    }
    for (const auto& watched : judgement.watched) {
      auto key = hashes_.watch(watched);
      append(key, subject.value());
      now[{table::watch, std::move(key)}] = {};
    }
    CHECK(replace(subject, now, false));
  }
  return {};
}

Result<std::vector<RowKey>> Projection::Round::replace(const domain::SubjectId& subject, const Rows& now, bool index) {
  const RowKey own{table::subject, bytes_of(subject.value())};
  TRY(const auto kept, draft_.get(own));
  std::vector<RowKey> held;
  if (kept) {
    TRY(held, codec::decode<std::vector<RowKey>>(*kept));
  }
  std::vector<RowKey> changed;
  std::vector<RowKey> after;
  for (const auto& row : held) {
    if (concerned_by(row).has_value() != index) {
      after.push_back(row);
    } else if (!now.contains(row)) {
      draft_.erase(row);
      changed.push_back(row);
    }
  }
  for (const auto& [row, value] : now) {
    if (index) {
      TRY(const auto before, draft_.get(row));
      if (before != value) changed.push_back(row);
    }
    draft_.put(row, value);
    after.push_back(row);
  }
  std::sort(after.begin(), after.end());
  if (after.empty() && kept) draft_.erase(own);
  if (!after.empty()) draft_.put(own, codec::encode(after));
  return changed;
}

Result<const Case*> Projection::Round::load(const domain::SubjectId& subject) {
  const auto found = cases_.find(subject);
  if (found != cases_.end()) return &found->second;
  TRY(const auto entries, entries_of(subject, state_.subjects, draft_, state_.damaged));
  return &(cases_[subject] = fold(subject, entries, state_.facts));
}

// ---------------------------------------------------------------- the projection

Projection::Projection(RowStore& rows, Subjects& subjects, crypto::PublicKey root,
                       const crypto::SymmetricKey& person_key, SignedPaper signed_paper)
    : state_(std::make_unique<State>(rows, subjects, root, person_key, std::move(signed_paper))) {}
Projection::~Projection() = default;

Status Projection::open() {
  state_->forget();
  TRY(const auto row, state_->rows.get(cursor_row));
  if (!row) return {};
  const auto cursor = codec::decode<Cursor>(*row);
  if (!cursor || cursor->version != rows_version) return reset();
  CHECK(each_fact([this](const Held& held) { state_->facts.learn(held); }));
  CHECK(state_->read_rows());
  state_->cursor = cursor->number;
  return {};
}

Status Projection::State::read_rows() {
  Status readable;
  CHECK(rows.scan(table::word, {}, [&](ByteView, ByteView value) {
    const auto word = codec::decode<FactBook::Word>(value);
    if (word) facts.hear(*word);
    if (!word) readable = tl::make_unexpected(word.error());
    return word.has_value();
  }));
  CHECK(readable);
  CHECK(rows.scan(table::fork, {}, [&](ByteView key, ByteView) {
    const journal::JournalId journal(subject_in(key, 0).value());
    journal::Seq seq = 0;
    for (const auto byte : key.subspan(std::min<std::size_t>(key.size(), 32))) seq = seq << 8 | byte;
    forks.emplace(journal, seq);  // the lowest comes first
    return true;
  }));
  return rows.scan(table::damaged, {}, [&](ByteView key, ByteView) {
    damaged.insert(journal::EntryId(subject_in(key, 0).value()));
    return true;
  });
}

std::uint64_t Projection::cursor() const { return state_->cursor; }

Status Projection::apply(std::span<const NumberedArrival> arrivals) {
  Round round(*state_);
  for (const auto& arrival : arrivals) CHECK(round.take(arrival));
  return round.finish();
}

Status Projection::reset() {
  CHECK(state_->rows.clear());
  state_->forget();
  return {};
}

}  // namespace cunzheng::registers
