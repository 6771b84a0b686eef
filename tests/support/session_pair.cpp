#include "tests/support/session_pair.hpp"

#include "shared/base/verify.hpp"
#include "sync/core/damaged_places.hpp"
#include "sync/core/lineage.hpp"

#include <algorithm>

namespace cunzheng::test {

using journal::EntryId;
using journal::Head;
using journal::JournalId;
using journal::Range;
using journal::Seq;

namespace {

constexpr std::string_view our_village = "v1";

bool is_device(const std::string& name) { return name != "district" && name != "body"; }

std::string alarm_text(sync::AlarmKind kind) {
  switch (kind) {
    case sync::AlarmKind::own_journal_diverged:
      return "own journal diverged";
    case sync::AlarmKind::hub_went_back:
      return "hub went back";
    case sync::AlarmKind::hub_forked:
      return "hub forked";
    case sync::AlarmKind::shown_newer_self:
      return "shown newer self";
    case sync::AlarmKind::range_refused:
      return "range refused";
    case sync::AlarmKind::unknown_journal:
      return "unknown journal";
  }
  return "?";
}

std::string places(Seq first, Seq last) {
  return std::to_string(first) + (first == last ? "" : ".." + std::to_string(last));
}

}  // namespace

// ---------------------------------------------------------------- the world

SyncWorld::SyncWorld(std::uint64_t seed) : seed_(seed) {
  journal("district");
  auto& body = journal("body");
  for (const auto* device : {"own", "neighbour"}) body.add(journal(device).id().value(), Bytes(16, 0x11));
  learn_labels("body");
  for (const auto& [name, own] : {std::pair{"hub", "district"}, {"laptop", "own"}, {"neighbour", "neighbour"}}) {
    sites_[name] = std::make_unique<Site>(*this, name, own);
  }
}
SyncWorld::~SyncWorld() = default;

TestJournal& SyncWorld::journal(const std::string& name) {
  const auto known = journals_.find(name);
  if (known != journals_.end()) return known->second;
  std::uint64_t number = seed_;
  for (const char letter : name) number = number * 131 + static_cast<unsigned char>(letter);
  auto& made = journals_.emplace(name, TestJournal(number)).first->second;
  truths_[made.id()] = {name, name == "district" ? "" : std::string(our_village), made.key()};
  learn_labels(name);
  return made;
}

void SyncWorld::fork(const std::string& name, std::size_t entries) {
  const auto& trunk = journal(name);
  VERIFY(trunk.items().size() == entries);  // the copy is taken now
  journals_.emplace(name + "*", trunk.clone(seed_ + 77));
}

void SyncWorld::grow(const std::string& name, std::size_t entries) {
  auto& grown = journal(name);
  while (grown.items().size() < entries) grown.add();
  learn_labels(name);
}

void SyncWorld::give_to_village(const std::string& name, const std::string& village) {
  truths_.at(journal(name).id()).body = village;
}

void SyncWorld::learn_labels(const std::string& name) {
  const auto& items = journals_.at(name).items();
  for (std::size_t seq = 0; seq < items.size(); ++seq) {
    labels_.emplace(items[seq].id, name + "@" + std::to_string(seq));  // of a copy only where it differs
  }
}

const journal::SignedHead& SyncWorld::head(const std::string& name, Seq seq) {
  auto& known = heads_[name];
  const auto found = known.find(seq);
  if (found != known.end()) return found->second;
  return known.emplace(seq, journal(name).head(seq)).first->second;
}

Range SyncWorld::range(const std::string& name, Seq first, Seq last) {
  const auto& items = journal(name).items();
  const auto begin = items.begin() + static_cast<std::ptrdiff_t>(first);
  const auto end = items.begin() + static_cast<std::ptrdiff_t>(last) + 1;
  return {journal(name).id(), first, {begin, end}, head(name, last)};
}

Site& SyncWorld::site(const std::string& name) { return *sites_.at(name); }

Talk* SyncWorld::talk(const std::string& laptop) {
  const auto found = talks_.find(laptop);
  return found == talks_.end() ? nullptr : found->second.get();
}

Talk& SyncWorld::link(const std::string& laptop) {
  cut(laptop);
  talks_[laptop] = std::make_shared<Talk>(*this, site(laptop), site("hub"));
  talks_[laptop]->begin();
  return *talks_[laptop];
}

void SyncWorld::cut(const std::string& laptop) {
  if (auto* const old = talk(laptop)) old->cut();
}

void SyncWorld::after(std::int64_t ms, std::function<void()> run, bool is_timer) {
  events_[{now_.ms + std::max<std::int64_t>(0, ms), ++last_event_}] = Event{is_timer, std::move(run)};
}

bool SyncWorld::run_next(bool timers_count, Instant until) {
  const bool wanted =
      std::any_of(events_.begin(), events_.end(), [&](const auto& at) { return timers_count || !at.second.is_timer; });
  if (!wanted || events_.begin()->first.first > until.ms) return false;
  const auto at = Instant{events_.begin()->first.first};
  const auto run = std::move(events_.begin()->second.run);
  events_.erase(events_.begin());
  now_ = at;
  run();
  return true;
}

void SyncWorld::run_until_quiet() {
  const auto patience = now_ + 3600LL * 1000;
  while (run_next(false, patience)) {
  }
  const bool quiet = std::all_of(events_.begin(), events_.end(), [](const auto& at) { return at.second.is_timer; });
  if (!quiet) violations_.push_back("never becomes quiet");
}

void SyncWorld::wait(std::int64_t ms) {
  const auto until = now_ + ms;
  while (run_next(true, until)) {
  }
  now_ = until;
}

void SyncWorld::note(const std::string& line) {
  minutes_.push_back("  " + std::to_string(now_.ms - began_.ms) + " ms  " + line);
}

std::string SyncWorld::label(const EntryId& id) const {
  const auto found = labels_.find(id);
  return found == labels_.end() ? "?" : found->second;
}

std::string SyncWorld::label(const sync::CompactHead& head) const {
  for (const auto& [id, text] : labels_) {
    const auto compact = sync::compact(Head{{}, head.seq.value, id});
    if (compact.id == head.id && text.ends_with("@" + std::to_string(head.seq.value))) return text;
  }
  return "?@" + std::to_string(head.seq.value);
}

std::string SyncWorld::name_of(const JournalId& journal) const {
  const auto found = truths_.find(journal);
  if (found != truths_.end()) return found->second.name;
  for (const auto& [name, site] : sites_) {
    const auto line = site->store().journal(journal);
    if (line) return label(line->head.head.id).substr(0, label(line->head.head.id).find('@')) + " branch";
  }
  return "?";
}

std::string SyncWorld::describe(const sync::Message& message) const {
  const auto heads_text = [&](const std::vector<sync::CompactHead>& heads) {
    std::string text;
    for (const auto& head : heads) text += " " + label(head);
    return text.empty() ? std::string(" nothing") : text;
  };
  struct Describe {
    const SyncWorld& world;
    const decltype(heads_text)& heads;
    std::string operator()(const sync::message::Hello& said) const { return "Hello" + heads(said.said.heads); }
    std::string operator()(const sync::message::Welcome& said) const {
      return "Welcome" + (said.said.heads ? heads(*said.said.heads) : std::string(" equal"));
    }
    std::string operator()(const sync::message::Ranges& said) const {
      std::string text = "Ranges";
      for (const auto& range : said.ranges) {
        const auto last = world.label(range.head.head.id);
        text += " " + last.substr(0, last.find('@')) + " " + places(range.first, range.last());
        if (range.items.front().is_stub()) text += " (stub)";
      }
      return text;
    }
    std::string operator()(const sync::message::Stored& said) const { return "Stored " + world.label(said.head.id); }
    std::string operator()(const sync::message::SendFrom& said) const {
      return "SendFrom " + world.name_of(said.journal) + " " + std::to_string(said.from.value);
    }
    std::string operator()(const sync::message::Refused& said) const {
      return "Refused " + world.name_of(said.journal) + " " + std::to_string(said.seq.value) + " " +
             std::string(codec::name_of(said.why));
    }
    std::string operator()(const sync::message::Level& said) const {
      return "Level, " + std::to_string(said.ranges_seen.value) + " seen";
    }
    std::string operator()(const sync::message::Ping&) const { return "Ping"; }
    std::string operator()(const sync::message::Pong&) const { return "Pong"; }
    std::string operator()(const sync::message::Bye& said) const {
      return "Bye " + std::string(codec::name_of(said.reason));
    }
  };
  return std::visit(Describe{*this, heads_text}, message);
}

// ---------------------------------------------------------------- a site

Site::Site(SyncWorld& world, std::string name, std::string own)
    : world_(world), name_(std::move(name)), own_(std::move(own)) {}

void Site::hold(const std::string& journal, std::size_t entries, std::optional<Seq> spoiled) {
  world_.grow(journal, entries);
  std::vector<Range> ranges;
  for (Seq seq = 0; seq < entries; ++seq) ranges.push_back(world_.range(journal, seq, seq));
  if (spoiled) ranges.at(*spoiled).items.front().private_part = Bytes(journal::salt_bytes, 0xEE);
  VERIFY(store_->append(ranges).has_value());
}

void Site::write(const std::string& journal, std::size_t entries) {
  const auto first = world_.journal(journal).items().size();
  world_.grow(journal, first + entries);
  VERIFY(append({world_.range(journal, first, first + entries - 1)}).has_value());
}

// Durable, then told to every session of this site.
Status Site::append(std::vector<Range> ranges) {
  const bool of_device = is_device(world_.truths_.at(ranges.front().journal).name);
  std::map<JournalId, EntryId> before;
  for (const auto& line : store_->journals()) before[line.id] = line.head.head.id;
  CHECK(store_->append(ranges));
  const auto next = world_.journal("body").items().size();
  const auto& body = world_.journal("body");
  const bool at_end = holds(body.id(), next - 1, body.items().back().id);  // else it was restored and must not write
  if (is_hub() && writes_receipts && of_device && at_end) {
    world_.grow("body", next + 1);
    VERIFY(store_->append(std::vector{world_.range("body", next, next)}).has_value());
  }
  for (const auto& line : store_->journals()) {
    const auto known = before.find(line.id);
    if (known != before.end() && known->second == line.head.head.id) continue;
    const sync::in::JournalGrew growth{{line.id, line.head.head.seq, line.head.head.id}, known == before.end()};
    for (const auto& [name, talk] : world_.talks_) {
      for (auto* end : {&talk->laptop, &talk->hub}) {
        if (end->site == this && !end->down) talk->input(*end, growth);
      }
    }
  }
  return {};
}

std::optional<EntryId> Site::id_at(const JournalId& line, Seq seq) const {
  const auto item = store_->item({line, seq});
  return item ? std::optional(item->item.id) : std::nullopt;
}

bool Site::holds(const JournalId& journal, Seq seq, const EntryId& id) const {
  const auto lines = store_->journals();
  return std::any_of(lines.begin(), lines.end(), [&](const store::JournalInfo& line) {
    return line.head.head.journal == journal && line.first <= seq && seq <= line.head.head.seq &&
           id_at(line.id, seq) == id;
  });
}

Result<sync::Directory::Admission> Site::admit(const crypto::PublicKey& device) const {
  for (const auto& [id, truth] : world_.truths_) {
    const bool enrolled = truth.name == "own" || truth.name == "neighbour";
    if (truth.key == device && enrolled && !is_revoked) return Admission{truth.body, id};
  }
  return fail(FailureCode::refused, {"没有登记", "not enrolled"});
}

std::vector<Head> Site::scope(const std::string& body) const {
  std::vector<std::pair<int, Head>> found;
  for (const auto& line : store_->journals()) {
    const auto& truth = world_.truths_.at(line.head.head.journal);
    if (!truth.body.empty() && truth.body != body) continue;
    const int rank = line.fork ? 3 : truth.name == "district" ? 0 : truth.name == "body" ? 1 : 2;
    found.emplace_back(rank, Head{line.id, line.head.head.seq, line.head.head.id});
  }
  std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<Head> heads;
  for (const auto& [rank, head] : found) heads.push_back(head);
  return heads;
}

// Every place of every line is looked at, each time.
std::vector<Head> Site::whole(const std::string& body) const {
  sync::DamagedPlaces lacking;
  for (const auto& line : store_->journals()) {
    std::optional<EntryId> before;
    for (auto seq = line.first; seq <= line.head.head.seq; ++seq) {
      const auto stored = store_->item({line.id, seq});
      if (!stored || stored->item.is_stub()) lacking.add(line.id, seq, before);
      before = stored ? std::optional(stored->item.id) : std::nullopt;
    }
  }
  return lacking.whole_of(scope(body));
}

std::optional<crypto::PublicKey> Site::key_of(const JournalId& journal) const {
  const auto truth = world_.truths_.find(journal);
  if (!store_->journal(journal) || truth == world_.truths_.end()) return std::nullopt;  // no such journal, or a branch
  return truth->second.key;
}

// The hub's journals by their keys; a device's by a statement in the body's journal that is on this very disk.
Result<crypto::PublicKey> Site::admit_journal(const journal::Entry&, const JournalId& id,
                                              const std::string& body) const {
  const auto refused = fail(FailureCode::refused, {"没有登记", "not enrolled"});
  const auto truth = world_.truths_.find(id);
  if (truth == world_.truths_.end()) return refused;
  if (!truth->second.body.empty() && truth->second.body != body) return refused;
  if (!is_device(truth->second.name)) return truth->second.key;
  const auto statements = store_->journal(world_.journal("body").id());
  if (!statements) return refused;
  for (Seq seq = 0; seq <= statements->head.head.seq; ++seq) {
    const auto item = store_->item({statements->id, seq});
    if (!item) continue;
    const auto entry = journal::parse_entry(item->item.entry);
    if (entry && equal(entry->body, id.value())) return truth->second.key;
  }
  return refused;
}

bool Site::is_own(const JournalId& journal) const {
  const auto truth = world_.truths_.find(journal);
  if (truth == world_.truths_.end()) return false;
  return is_hub() ? !is_device(truth->second.name) : truth->second.name == own_;
}

bool Site::is_of_hub(const JournalId& journal) const {
  const auto truth = world_.truths_.find(journal);
  return truth != world_.truths_.end() && !is_device(truth->second.name);
}

// ---------------------------------------------------------------- a talk

Talk::Talk(SyncWorld& world, Site& laptop_site, Site& hub_site) : world_(world) {
  laptop.site = &laptop_site;
  hub.site = &hub_site;
  const auto signer = [&world](const std::string& journal, std::string what) {
    return [&world, journal, what](ByteView statement) {
      return crypto::sign(world.journal(journal).secret(), what, statement);
    };
  };
  laptop_options.role = sync::SessionOptions::Role::laptop;
  laptop_options.own_key = world.journal(laptop_site.own_).key();
  laptop_options.hub_key = world.journal("district").key();
  laptop_options.body = std::string(our_village);
  laptop_options.sign = signer(laptop_site.own_, "hello");
  hub_options.role = sync::SessionOptions::Role::hub;
  hub_options.own_key = world.journal("district").key();
  hub_options.hub_key = hub_options.own_key;
  hub_options.sign = signer("district", "welcome");
  put_le(laptop_binding, world.now().ms);
  hub_binding = laptop_binding;
}

void Talk::begin() {
  laptop.session.emplace(laptop_options, *laptop.site);
  hub.session.emplace(hub_options, *hub.site);
  input(hub, sync::in::LinkUp{hub_binding});
  if (!laptop.down) input(laptop, sync::in::LinkUp{laptop_binding});
}

void Talk::input(End& end, sync::Input given) {
  if (end.down) return;
  perform(end, end.session->step(std::move(given), world_.now()));
}

void Talk::inject(bool to_hub, Bytes frame) { input(to_hub ? hub : laptop, sync::in::FrameArrived{std::move(frame)}); }

void Talk::leave(bool by_hub) { input(by_hub ? hub : laptop, sync::in::Leave{}); }

void Talk::cut() {
  link_down(laptop);
  link_down(hub);
}

void Talk::link_down(End& end) {
  if (end.down) return;
  const auto outputs = end.session->step(sync::in::LinkDown{}, world_.now());
  end.down = true;
  if (!outputs.empty()) world_.violations_.push_back("wants something after the link went down");
}

void Talk::perform(End& end, std::vector<sync::Output> outputs) {
  const auto& who = end.site->name();
  for (auto& output : outputs) {
    if (end.down) return;
    if (world_.faulty(Fault::Kind::cut_before_output, world_.counts_.outputs++)) {
      world_.note("(the link is cut)");
      return cut();
    }
    if (auto* send_order = std::get_if<sync::out::Send>(&output)) {
      send(end, std::move(send_order->frame));
    } else if (auto* store_order = std::get_if<sync::out::Store>(&output)) {
      store(end, std::move(*store_order));
    } else if (const auto* load_order = std::get_if<sync::out::Load>(&output)) {
      load(end, *load_order);
    } else if (const auto* wake = std::get_if<sync::out::WakeAt>(&output)) {
      const auto number = ++end.timer;
      const auto self = weak_from_this();
      world_.after(
          wake->at.ms - world_.now().ms,
          [self, &end, number] {
            const auto talk = self.lock();
            if (talk && !end.down && end.timer == number) talk->input(end, sync::in::TimerFired{});
          },
          true);
    } else if (const auto* holds = std::get_if<sync::out::PeerHolds>(&output)) {
      const auto id = end.site->id_at(holds->journal, holds->seq);
      const auto line = end.site->store().journal(holds->journal);
      if (!id || !line || !other(end).site->holds(line->head.head.journal, holds->seq, *id)) {
        world_.violations_.push_back(who + " thinks that the peer holds what it does not");
      }
      world_.note(who + ": peer holds " + (id ? world_.label(*id) : "?"));
    } else if (std::holds_alternative<sync::out::InStep>(output)) {
      ++end.in_step;
      world_.note(who + ": in step");
    } else if (const auto* closing = std::get_if<sync::out::Close>(&output)) {
      end.closed = closing->reason;
      end.down = true;
      world_.note(who + ": closes, " + std::string(codec::name_of(closing->reason)) + ", " + closing->detail);
      auto& peer = other(end);
      const auto self = shared_from_this();
      const auto delay = std::max(end.free_at, world_.now()).ms - world_.now().ms + world_.weather.delay_ms;
      world_.after(delay, [self, &peer] { self->link_down(peer); });
      if (!end.session->closed()) world_.violations_.push_back(who + " closes and goes on");
    } else if (const auto* alarm = std::get_if<sync::out::Alarm>(&output)) {
      end.alarms.push_back(*alarm);
      world_.note(who + ": ALARM " + alarm_text(alarm->kind) + ", " + world_.name_of(alarm->journal) + " " +
                  std::to_string(alarm->seq));
    }
  }
}

// What no session may ever do.
void Talk::watch(End& end, const sync::Message& message) {
  const auto& who = end.site->name();
  const auto durable_ends = [&](const std::vector<sync::CompactHead>& heads) {
    const auto lines = end.site->store().journals();
    return std::all_of(heads.begin(), heads.end(), [&](const sync::CompactHead& head) {
      return std::any_of(lines.begin(), lines.end(), [&](const store::JournalInfo& line) {
        const auto held = end.site->id_at(line.id, head.seq.value);
        return held && sync::compact(Head{line.id, head.seq.value, *held}) == head;
      });
    });
  };
  if (const auto* stored = std::get_if<sync::message::Stored>(&message)) {
    if (!end.site->holds(stored->head.journal, stored->head.seq, stored->head.id)) {
      world_.violations_.push_back(who + " acknowledges what it does not hold");
    }
  } else if (const auto* hello = std::get_if<sync::message::Hello>(&message)) {
    if (!durable_ends(hello->said.heads)) world_.violations_.push_back(who + " names what it does not hold");
  } else if (const auto* welcome = std::get_if<sync::message::Welcome>(&message)) {
    if (welcome->said.heads && !durable_ends(*welcome->said.heads)) {
      world_.violations_.push_back(who + " names what it does not hold");
    }
  } else if (const auto* ranges = std::get_if<sync::message::Ranges>(&message)) {
    for (const auto& range : ranges->ranges) {
      const auto& truth = world_.truths_.at(range.journal);
      if (end.site->is_hub() && !truth.body.empty() && truth.body != our_village) {
        world_.violations_.push_back("the hub shows another village's " + truth.name);
      }
    }
  }
}

void Talk::send(End& end, Bytes frame) {
  const auto index = world_.counts_.frames.size();
  world_.counts_.frames.push_back(frame.size());
  const auto message = sync::parse_frame(frame);
  if (!message) {
    world_.violations_.push_back(end.site->name() + " sends what nobody can read");
    return;
  }
  watch(end, *message);
  auto& peer = other(end);
  world_.note(end.site->name() + " -> " + peer.site->name() + ": " + world_.describe(*message));
  ++end.frames_sent;
  end.bytes_sent += frame.size();

  end.free_at = std::max(end.free_at, world_.now()) +
                static_cast<std::int64_t>(frame.size()) * 1000 / world_.weather.bytes_per_second;
  auto delay = end.free_at.ms - world_.now().ms + world_.weather.delay_ms;
  int times = 1;
  if (world_.faulty(Fault::Kind::truncate_frame, index)) frame.resize(std::min(frame.size(), world_.fault.byte));
  if (world_.faulty(Fault::Kind::duplicate_frame, index)) times = 2;
  if (world_.faulty(Fault::Kind::delay_frame, index)) delay += 3 * world_.weather.delay_ms + 100;
  const bool then_cut = world_.faulty(Fault::Kind::cut_after_frame, index);
  const auto self = shared_from_this();
  for (int k = 0; k < times; ++k) {
    world_.after(delay, [self, &peer, frame, then_cut] {
      if (peer.down) return;
      auto outputs = peer.session->step(sync::in::FrameArrived{frame}, self->world_.now());
      if (then_cut) {
        self->world_.note("(the link is cut)");
        return self->cut();
      }
      self->perform(peer, std::move(outputs));
    });
  }
}

void Talk::store(End& end, sync::out::Store order) {
  const auto index = world_.counts_.stores++;
  std::string text;
  for (const auto& range : order.ranges) {
    const auto last = world_.label(range.head.head.id);
    text += " " + last.substr(0, last.find('@')) + " " + places(range.first, range.last());
  }
  world_.note(end.site->name() + ": store" + text);
  const bool fails_empty = world_.faulty(Fault::Kind::store_fails_empty, index);
  const bool fails_written = world_.faulty(Fault::Kind::store_fails_written, index);
  const bool lies = world_.faulty(Fault::Kind::store_lies, index);
  const auto self = shared_from_this();
  // The disk works on when the link is gone.
  world_.after(world_.weather.store_ms, [self, &end, order, fails_empty, fails_written, lies] {
    Status result;
    if (!fails_empty && !lies) result = end.site->append(order.ranges);
    if (fails_empty || fails_written) result = fail(FailureCode::unavailable, {"磁盘已满", "disk full"});
    self->input(end, sync::in::StoreDone{order.ticket, std::move(result)});
  });
}

void Talk::load(End& end, const sync::out::Load& order) {
  const auto index = world_.counts_.loads++;
  world_.note(end.site->name() + ": load " + world_.name_of(order.journal) + " from " + std::to_string(order.from) +
              (order.items_max == 1 ? ", one item" : ""));
  const bool fails = world_.faulty(Fault::Kind::load_fails, index);
  const auto self = shared_from_this();
  world_.after(world_.weather.load_ms, [self, &end, order, fails] {
    auto ranges = end.site->store().read(order.journal, order.from, {order.items_max, order.bytes_max});
    if (fails) ranges = fail(FailureCode::unavailable, {"磁盘读不了", "disk unreadable"});
    self->input(end, sync::in::LoadDone{order.ticket, std::move(ranges)});
  });
}

}  // namespace cunzheng::test
