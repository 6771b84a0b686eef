#include "shared/crypto/hash.hpp"
#include "shared/registers/facts_state.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace cunzheng::registers {
namespace {

using journal::DataKind;
using journal::EntryId;
using journal::JournalKind;
using journal::Seq;
using Keys = std::vector<FactKey>;
using Order = Publications::Order;  // lamport, id: one order for everybody

FactKey hex_key(const char* table, ByteView id) { return std::string(table) + "/" + to_hex(id); }

tl::unexpected<Failure> does_not_count(const char* zh, const char* en) { return fail(FailureCode::refused, {zh, en}); }

}  // namespace

FactKey body_key(const std::string& body) { return "body/" + body; }
FactKey device_key(const crypto::PublicKey& device) { return hex_key("device", device.value()); }
FactKey data_key(DataKind kind) { return "data/" + std::string(codec::name_of(kind)); }
FactKey ruling_key(const domain::FindingId& finding) { return hex_key("ruling", finding.value()); }
FactKey received_key(const journal::JournalId& journal) { return hex_key("received", journal.value()); }

FactKey word_key(JournalKind kind, const std::string& body, const journal::Known& place) {
  return "word/" + std::string(codec::name_of(kind)) + "/" + body + "/" + std::to_string(place.epoch) + "/" +
         std::to_string(place.seq);
}

FactKey law_key(CivilDate day) {
  return "law/" + std::clamp(day, CivilDate::first, CivilDate::last).text().substr(0, 7);
}

std::vector<FactKey> law_keys_from(CivilDate from) {
  Keys keys;
  const auto begin = law_key(from);
  int year = std::stoi(begin.substr(4, 4));
  int month = std::stoi(begin.substr(9, 2));
  for (; year <= 2199; ++year, month = 1) {
    for (; month <= 12; ++month) {
      std::array<char, 32> text{};
      std::snprintf(text.data(), text.size(), "law/%04d-%02d", year, month);
      keys.emplace_back(text.data());
    }
  }
  return keys;
}

Status FactBook::State::stands_in(const Fact& fact, JournalKind kind) const {
  const auto* opening = trust.opening_of(fact.journal);
  if (!opening) return does_not_count("还没有见到这个日志的首条", "the opening of its journal is not here");
  if (opening->journal_kind != kind) return does_not_count("不应写在这个日志里", "does not belong in this journal");
  if (kind != JournalKind::device && !trust.is_hub_journal(fact.journal)) {
    return does_not_count("日志的密钥没有经根密钥确认", "the journal's key is not certified by the root");
  }
  return {};
}

Status FactBook::State::admit(const Order& order, Fact& fact) {
  const auto taken = std::visit([&](const auto& said) { return take(order, fact, said); }, fact.said);
  fact.counts = taken.has_value();
  fact.why_not = taken ? Text{} : taken.error().what;
  if (taken) waiting.erase(order);
  if (!taken) waiting.insert(order);
  return taken;
}

Status FactBook::State::take(const Order& order, const Fact&, const Said<journal::HubCertified>& said) {
  return trust.learn(said.body, order);  // the root's signature is enough wherever it stands
}

Status FactBook::State::take(const Order& order, const Fact& fact, const Said<journal::DataPublished>& said) {
  CHECK(stands_in(fact, JournalKind::district));
  const auto& body = said.body;
  if (!trust.signed_by_officers("published", body.signed_bytes(), body.signatures, body.published_at)) {
    return does_not_count("区级人员签名不足", "not signed by enough officers of the district");
  }
  now.published[body.data_kind].add(order, body);
  return {};
}

Status FactBook::State::take(const Order& order, const Fact& fact, const Said<journal::ExclusionListPublished>& said) {
  CHECK(stands_in(fact, JournalKind::district));
  const auto& body = said.body;
  if (!trust.signed_by_officers("exclusions", body.signed_bytes(), body.signatures, body.published_at)) {
    return does_not_count("区级人员签名不足", "not signed by enough officers of the district");
  }
  if (said.personal) {
    const auto& list = said.personal->list;
    if (list.revision != body.revision || !domain::check(list) ||
        crypto::tagged_hash("exclusion-list", codec::encode(list)) != body.list_digest) {
      return does_not_count("名单与签名的摘要不符", "the list is not the one that was signed");
    }
  }
  now.lists[{body.revision, order}] = said.personal.has_value();
  return {};
}

Status FactBook::State::take(const Order& order, const Fact& fact, const Said<journal::BodyDescribed>& said) {
  CHECK(stands_in(fact, JournalKind::body));
  if (trust.opening_of(fact.journal)->body != said.body.body) {
    return does_not_count("写在别的村（居）委会的日志里", "stands in another committee's journal");
  }
  now.described[said.body.body][order] = said.body;
  return {};
}

Status FactBook::State::take(const Order& order, const Fact& fact, const Said<journal::DeviceEnrolled>& said) {
  CHECK(stands_in(fact, JournalKind::body));
  now.enrolled[said.body.key][order] = Device{trust.opening_of(fact.journal)->body, said.body, {}};
  settle_device(said.body.key);
  return {};
}

Status FactBook::State::take(const Order& order, const Fact& fact, const Said<journal::DeviceRevoked>& said) {
  CHECK(stands_in(fact, JournalKind::body));
  now.revoked[{trust.opening_of(fact.journal)->body, said.body.key}][order] = said.body;
  settle_device(said.body.key);
  return {};
}

Status FactBook::State::take(const Order& order, const Fact& fact, const Said<journal::OfficerAppointed>& said) {
  CHECK(stands_in(fact, JournalKind::body));
  const auto& body = said.body;
  if (body.appointment.officer != officer_id(body.key)) {
    return does_not_count("人员编号与公钥不符", "the officer's id is not that of the key");
  }
  const auto* opening = trust.opening_of(fact.journal);
  now.appointed[opening->body][order] = Appointed{order.second, opening->epoch, fact.seq, body.appointment};
  now.officers[body.appointment.officer][order] = OfficerFact{body.key, said.personal ? said.personal->name : ""};
  return {};
}

Status FactBook::State::take(const Order& order, const Fact& fact, const Said<journal::OfficerKeyMade>& said) {
  CHECK(stands_in(fact, JournalKind::device));
  const auto& body = said.body;
  if (body.officer != officer_id(body.key) ||
      !crypto::verify(body.key, "officer-key", fact.journal.value(), body.possession)) {
    return does_not_count("不能证明持有这把密钥", "possession of the key is not proved");
  }
  now.keys_made[body.officer][order] = OfficerFact{body.key, said.personal ? said.personal->name : ""};
  return {};
}

Status FactBook::State::take(const Order& order, const Fact& fact, const Said<journal::RulingMade>& said) {
  CHECK(stands_in(fact, JournalKind::body));
  const auto& body = said.body;
  auto key = trust.officer_key(body.officer);
  const auto& committee = now.appointed[trust.opening_of(fact.journal)->body];
  const bool appointed_here = std::any_of(committee.begin(), committee.end(), [&](const auto& each) {
    return each.second.appointment.officer == body.officer;
  });
  if (!key && appointed_here) key = now.officers[body.officer].begin()->second.key;
  if (!key) return does_not_count("不认识作出处理决定的人员", "the officer who ruled is not known");
  if (!crypto::verify(*key, "ruling", body.signed_bytes(), body.signature)) {
    return does_not_count("处理决定的签名不对", "bad signature on the ruling");
  }
  now.rulings[body.finding][order] =
      Ruling{order.second, body, said.personal ? std::optional(said.personal->reason) : std::nullopt};
  return {};
}

Status FactBook::State::take(const Order&, const Fact& fact, const Said<journal::PrivatePartErased>& said) {
  if (!trust.is_hub_journal(fact.journal)) {
    return does_not_count("只有区中心可以决定删除", "only the hub may order an erasure");
  }
  erased.insert(said.body.entry);
  return {};
}

// Of several committees that claim one key the first enrolment counts.
void FactBook::State::settle_device(const crypto::PublicKey& key) {
  const auto enrolled = now.enrolled.find(key);
  if (enrolled == now.enrolled.end()) return;
  auto device = enrolled->second.begin()->second;
  const auto revoked = now.revoked.find({device.body, key});
  if (revoked != now.revoked.end()) device.revoked = revoked->second.rbegin()->second;
  now.devices[key] = std::move(device);
}

Keys FactBook::State::settle_data() {
  Keys keys;
  for (auto& [kind, published] : now.published) {
    for (const auto& entry : published.settle()) {
      const auto more = keys_of(facts.at(order_of.at(entry)));
      keys.insert(keys.end(), more.begin(), more.end());
    }
  }
  return keys;
}

Keys FactBook::State::keys_of(const Fact& fact) const {
  const auto* opening = trust.opening_of(fact.journal);
  const auto body = opening ? opening->body : std::string();
  struct Of {
    const std::string& body;
    Keys operator()(const Said<journal::HubCertified>&) const { return {"hub"}; }
    Keys operator()(const Said<journal::DataPublished>& said) const {
      if (said.body.data_kind == DataKind::catalogue) return law_keys_from(said.body.effective_from);
      return {data_key(said.body.data_kind)};
    }
    Keys operator()(const Said<journal::ExclusionListPublished>&) const { return {"list"}; }
    Keys operator()(const Said<journal::BodyDescribed>&) const { return {body_key(body)}; }
    Keys operator()(const Said<journal::DeviceEnrolled>& said) const { return {device_key(said.body.key)}; }
    Keys operator()(const Said<journal::DeviceRevoked>& said) const { return {device_key(said.body.key)}; }
    Keys operator()(const Said<journal::OfficerAppointed>&) const { return {body_key(body)}; }
    Keys operator()(const Said<journal::OfficerKeyMade>&) const { return {body_key(body)}; }
    Keys operator()(const Said<journal::RulingMade>& said) const { return {ruling_key(said.body.finding)}; }
    Keys operator()(const Said<journal::PrivatePartErased>&) const { return {}; }
  };
  return std::visit(Of{body}, fact.said);
}

// What waited may count now.
Keys FactBook::State::retry() {
  Keys keys;
  for (bool again = true; again;) {
    again = false;
    for (const auto& order : std::set<Order>(waiting)) {
      auto& fact = facts.at(order);
      if (!admit(order, fact)) continue;
      again = true;  // a ruling may have waited for this appointment
      const auto more = keys_of(fact);
      keys.insert(keys.end(), more.begin(), more.end());
    }
  }
  const auto data = settle_data();
  keys.insert(keys.end(), data.begin(), data.end());
  return keys;
}

std::set<Order> FactBook::State::all() const {
  std::set<Order> out;
  for (const auto& [order, fact] : facts) out.insert(order);
  return out;
}

std::set<EntryId> FactBook::State::data_in_use() const {
  std::set<EntryId> out;
  for (const auto& [kind, published] : now.published) {
    for (const auto& each : published.counting()) out.insert(each.entry);
  }
  return out;
}

// Everything again from what was said: after a new statement of the root nothing is sure to count as before.
Keys FactBook::State::sort_anew() {
  const auto counted = [this] {
    auto out = data_in_use();
    for (const auto& [order, fact] : facts) {
      if (fact.counts && !std::holds_alternative<Said<journal::DataPublished>>(fact.said)) out.insert(order.second);
    }
    return out;
  };
  const auto before = counted();
  now = Counting{};
  erased.clear();
  trust.forget_statements();
  // Statements first, then appointments: the rest is judged by them.
  for (const int round : {0, 1, 2}) {
    for (auto& [order, fact] : facts) {
      const bool statement = std::holds_alternative<Said<journal::HubCertified>>(fact.said);
      const bool appointment = std::holds_alternative<Said<journal::OfficerAppointed>>(fact.said);
      if ((statement ? 0 : appointment ? 1 : 2) != round) continue;
      static_cast<void>(admit(order, fact));
    }
  }
  settle_data();
  const auto after = counted();
  std::set<EntryId> changed;
  std::set_symmetric_difference(before.begin(), before.end(), after.begin(), after.end(),
                                std::inserter(changed, changed.end()));
  Keys keys{"hub"};
  for (const auto& entry : changed) {
    const auto more = keys_of(facts.at(order_of.at(entry)));
    keys.insert(keys.end(), more.begin(), more.end());
  }
  return keys;
}

// Private parts that nobody needs any more: erased ones, and every exclusion list but the newest (R91).
std::vector<EntryId> FactBook::State::strip(const std::set<Order>& among) {
  std::vector<EntryId> out;
  const auto newest = now.lists.empty() ? 0 : now.lists.rbegin()->first.first;
  for (const auto& order : among) {
    auto& fact = facts.at(order);
    const auto look = [&](auto& said) {
      const auto* list = std::get_if<Said<journal::ExclusionListPublished>>(&fact.said);
      const bool replaced = list && list->body.revision < newest;
      if (!said.personal || (!replaced && !erased.contains(order.second))) return;
      said.personal.reset();
      out.push_back(order.second);
      if (fact.counts) static_cast<void>(admit(order, fact));  // now without the name, or the list
    };
    std::visit(look, fact.said);
  }
  return out;
}

// ---------------------------------------------------------------- learning

FactBook::FactBook(crypto::PublicKey root) : state_(std::make_unique<State>(root)) {}
FactBook::~FactBook() = default;
FactBook::FactBook(FactBook&&) noexcept = default;
FactBook& FactBook::operator=(FactBook&&) noexcept = default;

bool FactBook::is_fact(journal::BodyKind kind) {
  return kind.value() == journal::JournalOpened::kind || visit_kind(FactKinds{}, kind, [](auto) {});
}

FactBook::Learned FactBook::learn(const Held& held) {
  auto& state = *state_;
  const auto entry = journal::parse_entry(held.item.entry);
  if (!entry || !is_fact(entry->kind)) return {};
  const auto& id = held.item.id;
  Learned learned;

  if (entry->kind.value() == journal::JournalOpened::kind) {
    const auto opening = journal::read_body<journal::JournalOpened>(*entry);
    const journal::JournalId own{id.value()};
    if (!opening || entry->seq != 0 || state.trust.opening_of(own)) return {};
    state.trust.learn(own, *opening);
    learned.changed = state.retry();
    learned.strip = state.strip(state.all());
    return learned;
  }

  const Order order{entry->lamport, id};
  bool readable = false;
  visit_kind(FactKinds{}, entry->kind, [&](auto tag) {
    using Body = typename decltype(tag)::Type;
    auto body = journal::read_body<Body>(*entry);
    if (!body) return;
    std::optional<typename Body::Private> personal;
    if (auto read = journal::read_private<Body>(held.item.private_part)) personal = *std::move(read);
    if (const auto known = state.facts.find(order); known != state.facts.end()) {
      // Heard before; new is at most a private part that came later and was not given up since.
      const bool had = std::get<Said<Body>>(known->second.said).personal.has_value();
      if (had || !personal) return;
    }
    state.facts[order] = Fact{entry->journal, entry->seq, Said<Body>{*std::move(body), std::move(personal)}, false, {}};
    state.order_of[id] = order;
    readable = true;
  });
  if (!readable) return {};

  auto& fact = state.facts.at(order);
  std::set<Order> look_through{order};
  if (!state.admit(order, fact)) {
    learned.strip = state.strip(look_through);
    return learned;
  }
  if (std::holds_alternative<Said<journal::HubCertified>>(fact.said)) {
    learned.changed = state.sort_anew();
    look_through = state.all();
  } else if (std::holds_alternative<Said<journal::DataPublished>>(fact.said)) {
    learned.changed = state.settle_data();
  } else {
    learned.changed = state.keys_of(fact);
  }
  if (std::holds_alternative<Said<journal::OfficerAppointed>>(fact.said)) {
    const auto more = state.retry();  // rulings of this officer
    learned.changed.insert(learned.changed.end(), more.begin(), more.end());
  }
  if (std::holds_alternative<Said<journal::ExclusionListPublished>>(fact.said)) {
    look_through = state.all();  // the lists it replaces, those among them that do not count
  }
  if (const auto* erasure = std::get_if<Said<journal::PrivatePartErased>>(&fact.said)) {
    const auto target = state.order_of.find(erasure->body.entry);
    if (target != state.order_of.end()) look_through.insert(target->second);
  }
  learned.strip = state.strip(look_through);
  return learned;
}

std::vector<FactBook::Rejected> FactBook::rejected() const {
  std::vector<Rejected> out;
  for (const auto& [order, fact] : state_->facts) {
    if (!fact.counts) {
      out.push_back({order.second, fact.why_not});
    } else if (const auto* data = std::get_if<Said<journal::DataPublished>>(&fact.said)) {
      const auto why_not = state_->now.published.at(data->body.data_kind).why_not(order.second);
      if (why_not) out.push_back({order.second, *why_not});
    }
  }
  return out;
}

std::optional<FactBook::Word> FactBook::word_of(const journal::Entry& entry, const journal::EntryId& id) const {
  const bool opens = entry.seq == 0;
  const auto journal = opens ? journal::JournalId{id.value()} : entry.journal;
  const auto* opening = opening_of(journal);
  if (!opening || opening->journal_kind == JournalKind::device) return std::nullopt;
  Word word{journal, entry.seq, entry.claimed.at, std::nullopt};
  if (opening->journal_kind == JournalKind::body && entry.kind.value() == journal::Received::kind) {
    if (const auto body = journal::read_body<journal::Received>(entry)) word.received = body->head;
  }
  return word;
}

std::vector<FactKey> FactBook::hear(const Word& word) {
  auto& state = *state_;
  const auto* opening = opening_of(word.journal);
  std::optional<Instant> known;
  if (word.received) known = received_at(word.received->journal, word.received->seq);
  state.times.hear(word);
  Keys keys;
  if (opening) keys.push_back(word_key(opening->journal_kind, opening->body, {opening->epoch, word.seq}));
  if (!word.received) return keys;
  keys.push_back(received_key(word.received->journal));
  // A receipt of an earlier epoch that comes back after a later one: what was judged by the later one is judged again.
  const auto* of = opening_of(word.received->journal);
  if (of && known && known != received_at(word.received->journal, word.received->seq)) {
    keys.push_back(device_key(of->key));
  }
  return keys;
}

}  // namespace cunzheng::registers
