#pragma once
// A real hub on a free port of 127.0.0.1, with a committee and signed data, behind a proxy that counts bytes.

#include "tests/bench/measure.hpp"
#include "tests/support/cutting_proxy.hpp"
#include "tests/support/trial_district.hpp"

namespace cunzheng::bench {

class HubProcess {
 public:
  explicit HubProcess(const Options& options);  // stops the bench if it does not come up

  test::TrialDistrict& district() { return district_; }
  std::string address() const { return "127.0.0.1:" + std::to_string(proxy_->port()); }  // of the proxy
  std::string new_slip() const { return district_.new_code("v1"); }
  std::uint64_t proxied_bytes() const;  // both ways
  int process_id() const { return district_.hub_process_id(); }

 private:
  test::TrialDistrict district_;
  std::unique_ptr<test::CuttingProxy> proxy_;
};

}  // namespace cunzheng::bench
