#include "client/books.hpp"

#include "shared/crypto/hash.hpp"
#include "shared/registers/mem_row_store.hpp"
#include "sync/core/damaged_places.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace cunzheng::client {
namespace {

using journal::JournalKind;

// Order in which what the hub lacks is sent: what binds everybody first.
int rank(JournalKind kind) { return kind == JournalKind::district ? 0 : kind == JournalKind::body ? 1 : 2; }
constexpr int rank_of_branches = 3;

// A branch goes by its own name, though its entries name the journal that it left.
journal::Head end_in(const store::JournalInfo& info) { return {info.id, info.head.head.seq, info.head.head.id}; }

}  // namespace

struct Books::Memory {
  std::map<journal::JournalId, store::JournalInfo> journals;
  std::map<journal::JournalId, journal::JournalOpened> openings;
  std::set<journal::JournalId> forked;
  std::optional<journal::JournalId> own;
  std::uint64_t lamport = 0;
  ClockEvidence clock;

  std::map<domain::SubjectId, std::vector<registers::Held>> subjects;
  std::set<journal::EntryId> erased;  // entries whose private part was ordered away, here or still to come
  struct List {
    journal::EntryId id;
    store::Place place;
    std::uint32_t revision = 0;
  };
  std::optional<List> exclusions;  // the newest list

  std::map<std::string, NumberedCertificate> certificates;  // by machine number
  std::map<domain::SubjectId, std::string> codes;           // minutes that a certificate rests on
  std::set<domain::SubjectId> spoiled;
  Series series;
  sync::DamagedPlaces lacking;
  std::set<Hash> own_papers;  // what was signed here: looked at once, when it was
  std::map<std::string, domain::Minutes> minutes;
};

Result<Fresh> fetch(store::EntryStore& entries, std::uint64_t after, std::size_t most) {
  Fresh fresh;
  TRY(const auto arrivals, entries.arrivals(after, most));
  fresh.is_all = arrivals.size() < most;
  std::vector<store::FsckReport::Damage> damages;
  for (const auto& arrival : arrivals) {
    auto stored = entries.item(arrival.place);
    if (!stored && stored.error().code != FailureCode::unreadable) return tl::make_unexpected(stored.error());
    auto item = stored ? std::move(stored->item) : journal::Item{};  // not even its id is left: the rest goes on (D31)
    if (item.is_stub()) damages.push_back({arrival.place, {}, true});
    registers::NumberedArrival numbered{
        arrival.number, {arrival.place.journal, std::move(item)}, std::nullopt, arrival.place.seq};
    const auto info = entries.journal(arrival.place.journal);
    if (info && info->fork) numbered.forked_at = info->fork->seq;
    fresh.arrivals.push_back(std::move(numbered));
  }
  fresh.lacking = store::lacking_among(entries, damages);
  fresh.journals = entries.journals();
  return fresh;
}

Books::Books(Identity identity, const crypto::SymmetricKey& data_key)
    : identity_(std::move(identity)), person_key_(crypto::derive(data_key, "person-index")) {}
Books::~Books() = default;

Status Books::open() {
  memory_ = std::make_unique<Memory>();
  projection_.reset();
  rows_ = std::make_unique<registers::MemRowStore>();
  projection_ = std::make_unique<registers::Projection>(
      *rows_, static_cast<registers::Subjects&>(*this), identity_.root, person_key_,
      [this](const crypto::PublicKey& key, std::string_view tag, ByteView words, const crypto::Signature& signature) {
        return memory_->own_papers.contains(crypto::sha256(words)) || crypto::verify(key, tag, words, signature);
      });
  return projection_->open();
}

std::uint64_t Books::cursor() const { return projection_->cursor(); }

void Books::lack(const std::vector<store::Lacking>& places) {
  for (const auto& each : places) memory_->lacking.add(each.place.journal, each.place.seq, each.before);
}

Result<Books::News> Books::take(Fresh fresh) {
  News news;
  lack(fresh.lacking);  // what arrives whole behind it takes its place off the list again
  for (const auto& arrival : fresh.arrivals) remember(arrival.held, news);
  if (auto applied = projection_->apply(fresh.arrivals); !applied) {
    CHECK(projection_->open());
    return tl::make_unexpected(std::move(applied).error());
  }
  for (auto& info : fresh.journals) {
    if (info.fork) memory_->forked.insert(info.fork->of);
    const auto known = memory_->journals.find(info.id);
    const bool is_new = known == memory_->journals.end();
    if (is_new || known->second.head.head != info.head.head) news.grown.push_back({end_in(info), is_new});
    memory_->journals[info.id] = std::move(info);
  }
  return news;
}

void Books::remember(const registers::Held& held, News& news) {
  const auto parsed = journal::parse_entry(held.item.entry);
  if (!parsed) return;
  const auto& entry = *parsed;
  auto& memory = *memory_;
  const auto subject = journal::subject_of(entry, held.item.id);
  memory.lamport = std::max(memory.lamport, entry.lamport);
  memory.lacking.filled(held.at, entry.seq);
  auto& of_subject = memory.subjects[subject];
  const auto same = std::find_if(of_subject.begin(), of_subject.end(), [&](const registers::Held& each) {
    return each.item.id == held.item.id && each.at == held.at;
  });
  if (same == of_subject.end()) {
    of_subject.push_back(held);
  } else {
    *same = held;  // what was missing of it has come
  }
  if (memory.erased.contains(held.item.id)) forget_private(held.item.id, {held.at, entry.seq}, news);

  if (const auto opened = journal::read_body<journal::JournalOpened>(entry)) {
    memory.openings[held.at] = *opened;
    if (opened->key == identity_.device_key) memory.own = held.at;
  }
  const auto* opening = opening_of(held.at);
  if (opening == nullptr) return;  // a branch: its entries count in the registers, not for us
  if (opening->journal_kind != JournalKind::device) {
    memory.clock.hub_word = std::max(memory.clock.hub_word, std::optional(entry.claimed.at));
  } else if (held.at == memory.own && entry.claimed.confidence != ClockConfidence::doubtful) {
    memory.clock.own_last = std::max(memory.clock.own_last, std::optional(entry.claimed.at));
  }

  if (const auto issued = journal::read_body<journal::CertificateIssued>(entry)) {
    memory.certificates.try_emplace(
        issued->number.machine(), NumberedCertificate{issued->number, subject, issued->item, issued->issued_on, false});
    if (!issued->deliberation_code.empty()) memory.codes[subject] = issued->deliberation_code;
    if (held.at == memory.own) {
      auto& series = memory.series;
      auto& serial = series.serials[issued->number.year];
      serial = std::max(serial, issued->number.serial);
      if (!series.last || entry.seq > series.last_at) {  // else it was damaged and has come back
        series.last = issued->number;
        series.last_at = entry.seq;
      }
      if (entry.claimed.confidence != ClockConfidence::doubtful)
        series.year = std::max(series.year, issued->number.year);
      const auto personal = journal::read_private<journal::CertificateIssued>(held.item.private_part);
      if (personal) memory.own_papers.insert(crypto::sha256(view_of(personal->text)));
    }
  } else if (journal::read_body<journal::CertificateSpoiled>(entry)) {
    memory.spoiled.insert(subject);
  } else if (const auto recorded = journal::read_body<journal::DeliberationRecorded>(entry)) {
    memory.minutes[registers::minutes_code(held.item.id)] = recorded->minutes;
  } else if (const auto list = journal::read_body<journal::ExclusionListPublished>(entry)) {
    // A newer list makes holders delete the older (R91).
    const Memory::List arrived{held.item.id, {held.at, entry.seq}, list->revision};
    auto older = std::exchange(memory.exclusions, arrived);
    if (older && older->revision > arrived.revision) std::swap(*older, *memory.exclusions);
    if (older) forget_private(older->id, older->place, news);
  } else if (const auto erased = journal::read_body<journal::PrivatePartErased>(entry)) {
    if (opening->journal_kind == JournalKind::device) return;  // only the hub may order it
    forget_private(erased->entry, {erased->journal, erased->seq}, news);
  }
}

void Books::forget_private(const journal::EntryId& id, const store::Place& place, News& news) {
  memory_->erased.insert(id);
  for (auto& [subject, entries] : memory_->subjects) {
    for (auto& held : entries) {
      if (held.item.id == id && held.item.private_part) {
        held.item.private_part.reset();
        news.to_erase.push_back(place);
      }
    }
  }
}

// ---------------------------------------------------------------- journals

std::optional<journal::JournalId> Books::own_journal() const { return memory_->own; }

std::optional<journal::Head> Books::end_of(const journal::JournalId& journal) const {
  const auto found = memory_->journals.find(journal);
  if (found == memory_->journals.end()) return std::nullopt;
  return end_in(found->second);
}

const std::map<journal::JournalId, store::JournalInfo>& Books::journals() const { return memory_->journals; }

const journal::JournalOpened* Books::opening_of(const journal::JournalId& journal) const {
  const auto found = memory_->openings.find(journal);
  return found == memory_->openings.end() ? nullptr : &found->second;
}

bool Books::is_forked(const journal::JournalId& journal) const { return memory_->forked.contains(journal); }
std::uint64_t Books::lamport() const { return memory_->lamport; }

ClockEvidence Books::clock_evidence() const {
  auto evidence = memory_->clock;
  evidence.compared = compared_;
  return evidence;
}

void Books::compared_clocks(Instant hub, Instant own) { compared_ = ComparedClocks{hub, own}; }
void Books::heard_all_by(Instant hub_time) { heard_all_by_ = std::max(heard_all_by_, std::optional(hub_time)); }
std::optional<Instant> Books::data_as_of() const { return std::max(memory_->clock.hub_word, heard_all_by_); }

journal::Known Books::known(JournalKind kind) const {
  journal::Known known;
  for (const auto& [id, opening] : memory_->openings) {
    if (opening.journal_kind != kind || (kind == JournalKind::body && opening.body != identity_.body)) continue;
    const auto end = end_of(id);
    if (end && opening.epoch >= known.epoch) known = {opening.epoch, end->seq};
  }
  return known;
}

std::vector<journal::EntryId> Books::parents(const domain::SubjectId& subject) const {
  std::map<journal::JournalId, std::pair<journal::Seq, journal::EntryId>> heads;
  const auto found = memory_->subjects.find(subject);
  if (found == memory_->subjects.end()) return {};
  for (const auto& held : found->second) {
    const auto entry = journal::parse_entry(held.item.entry);
    if (!entry || held.at == memory_->own) continue;
    const auto [known, is_first] = heads.try_emplace(held.at, entry->seq, held.item.id);
    if (!is_first && entry->seq > known->second.first) known->second = {entry->seq, held.item.id};
  }
  std::vector<journal::EntryId> out;
  for (const auto& [journal, head] : heads) {
    if (out.size() < journal::parents_max) out.push_back(head.second);
  }
  return out;
}

// ---------------------------------------------------------------- numbers and minutes

const Books::Series& Books::series() const { return memory_->series; }

bool Books::may_lack_a_number() const {
  const auto place = memory_->own ? memory_->lacking.last_of(*memory_->own) : std::nullopt;
  return place && *place > memory_->series.last_at;
}

std::optional<NumberedCertificate> Books::certificate(const domain::CertificateNumber& number) const {
  const auto found = memory_->certificates.find(number.machine());
  if (found == memory_->certificates.end()) return std::nullopt;
  auto out = found->second;
  out.is_spoiled = memory_->spoiled.contains(out.subject);
  return out;
}

std::optional<NumberedCertificate> Books::certificate(const domain::PrintedNumber& number) const {
  std::optional<NumberedCertificate> found;
  for (const auto& [machine, each] : memory_->certificates) {
    if (each.number.year != number.year || each.number.series != number.series || each.number.serial != number.serial)
      continue;
    const auto described = facts().body_on(identity_.body, each.issued_on);
    if (!described || described->short_name != number.short_name) continue;
    if (found) return std::nullopt;
    found = certificate(each.number);
  }
  return found;
}

const domain::Minutes* Books::minutes(const std::string& code) const {
  const auto found = memory_->minutes.find(code);
  return found == memory_->minutes.end() ? nullptr : &found->second;
}

std::uint32_t Books::uses(const std::string& code) const {
  const auto counts = [&](const auto& each) { return each.second == code && !memory_->spoiled.contains(each.first); };
  return static_cast<std::uint32_t>(std::count_if(memory_->codes.begin(), memory_->codes.end(), counts));
}

Result<std::vector<registers::Held>> Books::of_subject(const domain::SubjectId& subject) {
  const auto found = memory_->subjects.find(subject);
  if (found == memory_->subjects.end()) return std::vector<registers::Held>{};
  return found->second;
}

// ---------------------------------------------------------------- who may say what

Result<Books::Admission> Books::admit(const crypto::PublicKey&) const {
  return fail(FailureCode::refused, {"本机不接受别人的连接", "this laptop takes no sessions"});
}

std::vector<journal::Head> Books::scope(const std::string&) const {
  std::vector<std::pair<int, journal::Head>> found;
  for (const auto& [id, info] : memory_->journals) {
    const auto* opening = opening_of(id);
    found.emplace_back(opening == nullptr ? rank_of_branches : rank(opening->journal_kind), end_in(info));
  }
  std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<journal::Head> out;
  for (const auto& [order, head] : found) out.push_back(head);
  return out;
}

std::vector<journal::Head> Books::whole(const std::string& body) const {
  return memory_->lacking.whole_of(scope(body));
}

std::optional<crypto::PublicKey> Books::key_of(const journal::JournalId& journal) const {
  const auto info = memory_->journals.find(journal);
  const bool is_branch = info != memory_->journals.end() && info->second.fork;
  const auto* opening = opening_of(is_branch ? info->second.fork->of : journal);
  if (opening == nullptr) return std::nullopt;
  return opening->key;
}

bool Books::is_hub_key(const crypto::PublicKey& key) const {
  const auto certified = facts().hub();
  return key == identity_.hub_key || (certified && certified->hub_key == key);
}

Result<crypto::PublicKey> Books::admit_journal(const journal::Entry& opening, const journal::JournalId&,
                                               const std::string&) const {
  TRY(const auto opened, journal::read_body<journal::JournalOpened>(opening));
  switch (opened.journal_kind) {
    case JournalKind::district:
      if (is_hub_key(opened.key)) return opened.key;
      break;
    case JournalKind::body:
      if (opened.body == identity_.body && is_hub_key(opened.key)) return opened.key;
      break;
    case JournalKind::device: {
      const auto* device = facts().device(opened.key);
      if (opened.body == identity_.body && device != nullptr && device->body == identity_.body) return opened.key;
      break;
    }
    case JournalKind::office:
      break;  // the hub's own
  }
  return fail(FailureCode::refused, {"来历不明的日志，拒收", "a journal that no statement admits"});
}

bool Books::is_own(const journal::JournalId& journal) const { return journal == memory_->own; }

bool Books::is_of_hub(const journal::JournalId& journal) const {
  const auto* opening = opening_of(journal);
  return opening != nullptr && opening->journal_kind != JournalKind::device;
}

}  // namespace cunzheng::client
