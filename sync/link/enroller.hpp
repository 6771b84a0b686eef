#pragma once
// The laptop's end of an enrolment: one connection, one code, one answer.

#include "shared/base/random.hpp"
#include "sync/core/enrolment.hpp"
#include "sync/link/connector.hpp"

#include <functional>
#include <memory>

namespace cunzheng::link {

struct EnrollerOptions {
  HubAddress hub;
  sync::EnrolmentCode code;
  sync::Enrolee enrolee;
  sync::SignPossession sign;  // with the device key's secret half
  LinkLimits limits;
  Random* random = nullptr;  // the nonce; used in the constructor only
  FrameTap tap;
};

struct Enrolled {
  Bytes grant;  // what the hub program put in; authenticated by the code
  sync::HubId hub_id{};
  Pin hub_pin{};  // of the TLS key that the code vouched for: pin it
};

class Enroller {
 public:
  // Connects at once. `done` is called once, on the loop thread, unless the Enroller is destroyed before. The code is
  // stretched (half a second, 64 MiB) on a thread of its own. `loop` outlives the Enroller.
  Enroller(Loop& loop, EnrollerOptions options, std::function<void(Result<Enrolled>)> done);
  ~Enroller();
  Enroller(const Enroller&) = delete;
  Enroller& operator=(const Enroller&) = delete;

 private:
  class Driver;
  std::shared_ptr<Driver> driver_;
};

}  // namespace cunzheng::link
