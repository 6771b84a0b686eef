#pragma once
// What the hub hands a laptop at enrolment, under the code's authority: whom to trust from now on, and its place.

#include "shared/journal/bodies.hpp"

namespace cunzheng::program {

struct Grant {
  crypto::PublicKey root;     // the district's root key: pinned for good
  journal::HubCertified hub;  // the statement in force, signed by the root: hub key and TLS pins
  std::string body;           // the committee
  std::string series;         // the letter of this device's numbers
  std::string label;          // what people call the laptop

  template <class Archive>
  void serialize(Archive& archive) {
    archive(CEREAL_NVP(root), CEREAL_NVP(hub), CEREAL_NVP(body), CEREAL_NVP(series), CEREAL_NVP(label));
  }
};

}  // namespace cunzheng::program
