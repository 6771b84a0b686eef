#include "hub/slip_book.hpp"

#include "hub/scan.hpp"

#include <algorithm>

namespace cunzheng::hub {

using journal::EnrolmentSlipMade;
using journal::EnrolmentTried;
using journal::JournalKind;

SlipBook::SlipBook(Ledger& ledger, const Directory& directory, const Clock& clock, Random& random,
                   crypto::PublicKey root)
    : ledger_(ledger), directory_(directory), clock_(clock), random_(random), root_(root) {}

Status SlipBook::load(store::EntryStore& store) {
  for (const auto& end : directory_.ends_of(JournalKind::office)) {
    CHECK(each_entry(store, end, [this](const journal::Entry& entry, const journal::Item& item) {
      const auto subject = journal::subject_of(entry, item.id);
      if (const auto made = journal::read_body<EnrolmentSlipMade>(entry)) {
        // A slip whose key is gone is one that nobody can use.
        const auto secret = journal::read_private<EnrolmentSlipMade>(item.private_part);
        if (secret) remember(subject, *made, secret->key);
      } else if (const auto tried = journal::read_body<EnrolmentTried>(entry); tried && slips_.contains(subject)) {
        auto& slip = slips_.at(subject);
        if (tried->used) {
          slip.used = true;
        } else {
          ++slip.tries;
        }
      }
    }));
  }
  return {};
}

void SlipBook::remember(const domain::SubjectId& subject, const EnrolmentSlipMade& made, const ByteArray<32>& key) {
  slips_[subject] = Kept{subject, made, key, 0, false};
  newest_[made.locator] = subject;
}

bool SlipBook::lives(const Kept& slip) const {
  return !slip.used && slip.tries < sync::enrolment_tries_max && clock_.now() < slip.made.expires_at;
}

sync::EnrolmentCode SlipBook::draw_code() const {
  // 1,024 locators for 72 hours: the few hundred slips of a district leave room; the last draw is as good as any.
  for (int k = 0;; ++k) {
    auto code = sync::EnrolmentCode::draw(random_);
    const auto taken = newest_.find(code.locator());
    if (k == 1000 || taken == newest_.end() || !lives(slips_.at(taken->second))) return code;
  }
}

void SlipBook::make(NewSlip slip, const std::string& body, const std::string& label, std::int64_t valid_ms,
                    std::function<void(Result<Instant>)> done) {
  const auto bodies = directory_.facts().bodies();
  if (std::find(bodies.begin(), bodies.end(), body) == bodies.end()) {
    return done(fail(FailureCode::not_found, {"没有这个村（居）委会", "no such committee"}, "body"));
  }
  EnrolmentSlipMade made{slip.code.locator(), body, label, clock_.now() + valid_ms};
  journal::SlipPrivate secret;
  const auto key = slip.key.bytes();
  std::copy(key.begin(), key.end(), secret.key.begin());
  std::vector<journal::Draft> drafts;
  drafts.push_back(journal::draft_of(made, secret, {}, random_));
  ledger_.write(
      office_journal, std::move(drafts),
      [this, made, key = secret.key, done = std::move(done)](const Result<std::vector<journal::EntryId>>& ids) {
        if (!ids) return done(tl::make_unexpected(ids.error()));
        remember(domain::SubjectId{ids->front().value()}, made, key);
        done(made.expires_at);
      });
}

void SlipBook::count_try(const std::string& locator, std::function<void(Result<sync::CountedTry>)> done) {
  const auto found = newest_.find(locator);
  const bool is_there = found != newest_.end();
  const auto subject = is_there ? found->second : domain::SubjectId{};
  // Before the write: two connections never get the same count.
  const auto tries = is_there ? ++slips_.at(subject).tries : 0;
  // A locator that no slip has takes the same road, so that its answer takes the same time.
  std::vector<journal::Draft> drafts;
  drafts.push_back(journal::draft_of(EnrolmentTried{}, {}, subject, random_));
  ledger_.write(
      office_journal, std::move(drafts),
      [this, subject, is_there, tries, done = std::move(done)](const Result<std::vector<journal::EntryId>>& ids) {
        if (!ids) return done(tl::make_unexpected(ids.error()));
        sync::CountedTry counted{clock_.now(), std::nullopt};
        if (is_there) {
          const auto& kept = slips_.at(subject);
          crypto::Wiped<32> key{std::span<const std::uint8_t, 32>(kept.key)};
          counted.slip =
              sync::Slip{crypto::SymmetricKey(std::move(key)), kept.made.body, kept.made.expires_at, tries, kept.used};
        }
        done(std::move(counted));
      });
}

bool SlipBook::knows_device(const crypto::PublicKey& key) const {
  return keys_taken_.contains(key) || directory_.facts().device(key) != nullptr;
}

Result<std::string> SlipBook::take_series(const std::string& body) {
  auto& taken = series_taken_[body];
  for (const auto* device : directory_.facts().devices_of(body)) taken.insert(device->enrolled.series);
  for (char letter = 'A'; letter <= 'Z'; ++letter) {
    if (taken.insert(std::string(1, letter)).second) return std::string(1, letter);
  }
  return fail(FailureCode::unavailable,
              {"该村26个编号字母已用完", "all 26 series letters of this committee are given away"}, "series", "O3");
}

void SlipBook::grant(sync::GrantRequest request, std::function<void(Result<Bytes>)> done) {
  const auto found = newest_.find(request.locator);
  if (found == newest_.end() || slips_.at(found->second).used) {
    return done(fail(FailureCode::refused, {"登记码已经用过", "the code was used already"}, "code"));
  }
  const auto& device_key = request.enrolee.device_key;
  if (knows_device(device_key)) {
    return done(fail(FailureCode::conflict, {"这把设备密钥已经登记过", "this device key is known already"},
                     "device_key", "D05"));
  }
  const auto certified = directory_.facts().certified_hub();
  if (!certified) {
    return done(fail(FailureCode::unavailable, {"中心尚未由根密钥确认", "the hub is not certified by the root yet"}));
  }
  const auto series = take_series(request.body);
  if (!series) return done(tl::make_unexpected(series.error()));
  keys_taken_.insert(device_key);
  auto& slip = slips_.at(found->second);
  slip.used = true;

  const program::Grant grant{root_, *certified, request.body, *series,
                             request.enrolee.label.empty() ? slip.made.label : request.enrolee.label};
  std::vector<Ledger::Order> orders(2);
  orders[0].where = office_journal;
  orders[0].drafts.push_back(journal::draft_of(EnrolmentTried{true, device_key}, {}, slip.subject, random_));
  orders[1].where = body_journal(request.body);
  orders[1].drafts.push_back(
      journal::draft_of(journal::DeviceEnrolled{device_key, grant.series, grant.label, clock_.now()}, {}, {}, random_));
  ledger_.write(std::move(orders), [grant, done = std::move(done)](const Result<std::vector<journal::EntryId>>& ids) {
    if (!ids) return done(tl::make_unexpected(ids.error()));
    done(codec::encode(grant));
  });
}

}  // namespace cunzheng::hub
