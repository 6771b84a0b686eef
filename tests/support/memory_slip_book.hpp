#pragma once
// A hub's slips and devices in memory, answering at once. What it was asked to write down can be read afterwards.

#include "sync/core/enrolment.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace cunzheng::test {

class MemorySlipBook final : public sync::SlipBook {
 public:
  struct Row {
    sync::EnrolmentCode code;
    std::string body;
    Instant expires;
    std::uint32_t tries = 0;
    bool is_used = false;
  };

  MemorySlipBook(const sync::HubId& hub_id, Bytes grant) : hub_id_(hub_id), grant_(std::move(grant)) {}

  void issue(const sync::EnrolmentCode& code, std::string body, Instant expires) {
    rows_.insert_or_assign(code.locator(), Row{code, std::move(body), expires});
  }
  Row& row(const sync::EnrolmentCode& code) { return rows_.at(code.locator()); }
  void add_device(const crypto::PublicKey& key) { devices_.push_back(key); }
  const std::vector<sync::GrantRequest>& granted() const { return granted_; }

  // K of a code; stretched once per code.
  crypto::SymmetricKey key_of(const sync::EnrolmentCode& code) {
    const auto text = code.text();
    auto found = keys_.find(text);
    if (found == keys_.end()) found = keys_.emplace(text, code.stretch(hub_id_).value()).first;
    return found->second.copy();
  }

  void count_try(const std::string& locator, std::function<void(Result<sync::CountedTry>)> done) override {
    if (disk_is_full) {
      done(fail(FailureCode::unavailable, {"磁盘已满", "disk full"}));
      return;
    }
    sync::CountedTry counted{now, std::nullopt};
    if (const auto found = rows_.find(locator); found != rows_.end()) {
      auto& row = found->second;
      ++row.tries;
      counted.slip = sync::Slip{key_of(row.code), row.body, row.expires, row.tries, row.is_used};
    }
    done(std::move(counted));
  }

  bool knows_device(const crypto::PublicKey& key) const override {
    return std::find(devices_.begin(), devices_.end(), key) != devices_.end();
  }

  void grant(sync::GrantRequest request, std::function<void(Result<Bytes>)> done) override {
    if (disk_is_full) {
      done(fail(FailureCode::unavailable, {"磁盘已满", "disk full"}));
      return;
    }
    auto& row = rows_.at(request.locator);
    if (row.is_used) {
      done(fail(FailureCode::refused, {"已用过", "used"}));
      return;
    }
    row.is_used = true;
    devices_.push_back(request.enrolee.device_key);
    granted_.push_back(std::move(request));
    done(grant_);
  }

  Instant now;
  bool disk_is_full = false;

 private:
  sync::HubId hub_id_;
  Bytes grant_;
  std::map<std::string, Row> rows_;
  std::map<std::string, crypto::SymmetricKey> keys_;
  std::vector<crypto::PublicKey> devices_;
  std::vector<sync::GrantRequest> granted_;
};

}  // namespace cunzheng::test
