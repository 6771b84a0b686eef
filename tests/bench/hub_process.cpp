#include "tests/bench/hub_process.hpp"

namespace cunzheng::bench {

HubProcess::HubProcess(const Options& options) : district_(options.scratch, options.programs) {
  district_.serve();
  district_.publish_all();
  test::LineOptions line;
  line.target_port = district_.port();
  line.queue_bytes = 1U << 20;  // a line that is never the bottleneck
  proxy_ = std::make_unique<test::CuttingProxy>(line);
}

std::uint64_t HubProcess::proxied_bytes() const {
  const auto counts = proxy_->counts();
  return counts.up_bytes + counts.down_bytes;
}

}  // namespace cunzheng::bench
