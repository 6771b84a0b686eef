#include "tests/support/memory_laptop.hpp"

#include "shared/base/verify.hpp"
#include "sync/link/enroller.hpp"
#include "tests/support/certificate_mill.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <stdexcept>

namespace cunzheng::test {
namespace {

[[noreturn]] void stop(const Failure& failure) {
  throw std::runtime_error("memory laptop: " + failure.what.en + " " + failure.field);
}

Instant wall_now() {
  return Instant{
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
          .count()};
}

}  // namespace

MemoryLaptop::MemoryLaptop(link::Loop& loop, const std::string& address, const std::string& code, link::FrameTap tap)
    : loop_(loop), device_(crypto::make_key_pair(random_)), tap_(std::move(tap)) {
  const auto hub = link::parse_hub_address(address);
  const auto parsed = sync::EnrolmentCode::parse(code);
  if (!hub) stop(hub.error());
  if (!parsed) stop(parsed.error());
  hub_ = *hub;
  link::EnrollerOptions options{hub_, *parsed, {}, {}, {}, &random_, {}};
  options.enrolee.device_key = device_.public_key;
  options.enrolee.label = "memory";
  options.sign = [this](ByteView statement) { return crypto::sign(device_.secret, sync::possession_name, statement); };
  std::optional<Result<link::Enrolled>> answer;
  link::Enroller enroller(loop_, std::move(options),
                          [&](Result<link::Enrolled> result) { answer = std::move(result); });
  loop_.run_until([&] { return answer.has_value(); }, loop_.now() + 60'000);
  VERIFY(answer.has_value());
  if (!*answer) stop(answer->error());
  const auto grant = codec::decode<program::Grant>((*answer)->grant);
  if (!grant) stop(grant.error());
  grant_ = *grant;
  pin_ = (*answer)->hub_pin;

  journal::JournalOpened opening;
  opening.body = grant_.body;
  opening.key = device_.public_key;
  opening.series = grant_.series;
  opening.nonce = draw<16>(random_);
  auto opened = journal::Writer::open(opening, crypto::key_pair_from_seed(device_.secret.seed()),
                                      {{wall_now(), ClockConfidence::plausible, 0}, {}, {}}, random_);
  own_.push_back(std::move(opened.range));
  writer_.emplace(std::move(opened.writer));
}

void MemoryLaptop::write_certificates(std::size_t count, std::size_t per_head, std::uint64_t seed) {
  CertificateMill mill(seed);
  for (std::size_t done = 0; done < count;) {
    std::vector<journal::Draft> drafts;
    for (std::size_t k = 0; k < per_head && done < count; ++k, ++done) {
      const auto base = drafts.size();
      for (auto& draft : mill.next()) {
        if (draft.subject_of_draft) draft.subject_of_draft = *draft.subject_of_draft + base;
        drafts.push_back(std::move(draft));
      }
    }
    const journal::WriterContext context{{wall_now(), ClockConfidence::plausible, 0}, {1, 1}, {1, 1}};
    own_.push_back(writer_->write(std::move(drafts), context));
  }
  text_bytes_ += mill.text_bytes();
}

void MemoryLaptop::connect() {
  const auto statement = codec::decode<journal::HubStatement>(grant_.hub.statement);
  VERIFY(statement.has_value());
  link::ConnectorOptions options;
  options.hub = hub_;
  options.pins = {pin_};
  options.body = grant_.body;
  options.random = &random_;
  options.tap = tap_;
  options.make_session = [this, hub_key = statement->hub_key] {
    sync::SessionOptions session;
    session.own_key = device_.public_key;
    session.hub_key = hub_key;
    session.body = grant_.body;
    session.sign = [this](ByteView bytes) { return crypto::sign(device_.secret, "hello", bytes); };
    return sync::Session(std::move(session), *this);
  };
  connector_ = std::make_unique<link::Connector>(loop_, std::move(options), *this);
  connector_->stay_connected();
}

void MemoryLaptop::store(const link::SessionInfo&, std::vector<journal::Range> ranges, Stored done) {
  for (const auto& range : ranges) {
    received_ += range.items.size();
    const bool is_new = !heard_.contains(range.journal);
    auto& heard = heard_[range.journal];
    heard.end = range.head.head;
    if (is_new) {
      const auto opening = journal::parse_entry(range.items.front().entry);
      if (!opening) continue;
      if (const auto opened = journal::read_body<journal::JournalOpened>(*opening)) heard.key = opened->key;
    }
    connector_->journal_grew(heard.end, is_new);
  }
  done({});
}

void MemoryLaptop::load(const link::SessionInfo&, const sync::out::Load& wanted, Loaded done) {
  std::vector<journal::Range> out;
  std::size_t bytes = 0;
  auto next = std::find_if(own_.begin(), own_.end(), [&](const auto& range) { return range.last() >= wanted.from; });
  for (; next != own_.end() && (out.empty() || bytes < wanted.bytes_max); ++next) {
    for (const auto& item : next->items)
      bytes += item.entry.size() + (item.private_part ? item.private_part->size() : 0);
    out.push_back(*next);
    if (out.size() == 1 && next->first < wanted.from) {
      auto& items = out.front().items;
      items.erase(items.begin(), items.begin() + static_cast<std::ptrdiff_t>(wanted.from - next->first));
      out.front().first = wanted.from;
    }
  }
  done(std::move(out));
}

void MemoryLaptop::peer_holds(const link::SessionInfo&, const sync::out::PeerHolds& place) {
  if (place.journal == writer_->head().journal) held_by_hub_ = std::max(held_by_hub_, place.seq);
}

void MemoryLaptop::alarm(const link::SessionInfo&, const sync::out::Alarm& alarm) {
  std::fprintf(stderr, "memory laptop: alarm %d at seq %llu\n", static_cast<int>(alarm.kind),
               static_cast<unsigned long long>(alarm.seq));
}

void MemoryLaptop::refused(const link::SessionInfo&, const link::Ending& ending) { trouble_ = ending.trouble; }

Result<sync::Directory::Admission> MemoryLaptop::admit(const crypto::PublicKey&) const {
  return fail(FailureCode::refused, {"不是区中心", "not a hub"});
}

std::vector<journal::Head> MemoryLaptop::scope(const std::string&) const {
  std::vector<journal::Head> out;
  for (const auto& [id, heard] : heard_) out.push_back(heard.end);
  out.push_back(writer_->head());
  return out;
}

std::optional<crypto::PublicKey> MemoryLaptop::key_of(const journal::JournalId& journal) const {
  if (is_own(journal)) return device_.public_key;
  const auto heard = heard_.find(journal);
  return heard == heard_.end() ? std::nullopt : std::optional(heard->second.key);
}

Result<crypto::PublicKey> MemoryLaptop::admit_journal(const journal::Entry& opening, const journal::JournalId&,
                                                      const std::string&) const {
  TRY(const auto opened, journal::read_body<journal::JournalOpened>(opening));
  return opened.key;
}

bool MemoryLaptop::is_own(const journal::JournalId& journal) const { return journal == writer_->head().journal; }

}  // namespace cunzheng::test
