#pragma once
// One filled-in body and private part of every kind: no field is left at its default, so a field that gets lost, or
// changes its place, shows. Golden vectors are made of them: changing one changes a file of tests/vectors.

#include "shared/journal/bodies.hpp"

namespace cunzheng::test {

template <class Body>
struct BodySample {
  Body body;
  typename Body::Private personal;
};

// Keys from seeds of 32 equal bytes: a device 1, handler 2, head 3, hub 4, root 5, district officers 6 and 7.
crypto::KeyPair sample_keys(std::uint8_t seed);
domain::OfficerId sample_officer(std::uint8_t seed);
inline constexpr std::uint8_t device_seed = 1, handler_seed = 2, head_seed = 3, hub_seed = 4, root_seed = 5,
                              first_officer_seed = 6, second_officer_seed = 7;

// Ids made of one byte again and again, for what nothing has to compute.
Hash sample_hash(std::uint8_t byte);

// The text of the certificate in its sample.
std::string sample_certificate_text();
journal::HubStatement sample_hub_statement();
domain::ExclusionList sample_exclusion_list();

#define CUNZHENG_SAMPLE(Kind) BodySample<journal::Kind> sample_of(journal::BodyTag<journal::Kind>);
CUNZHENG_SAMPLE(JournalOpened)
CUNZHENG_SAMPLE(OfficerKeyMade)
CUNZHENG_SAMPLE(ApplicationOpened)
CUNZHENG_SAMPLE(CertificateIssued)
CUNZHENG_SAMPLE(CertificateSpoiled)
CUNZHENG_SAMPLE(ApplicationRefused)
CUNZHENG_SAMPLE(DeliberationRecorded)
CUNZHENG_SAMPLE(InquiryRecorded)
CUNZHENG_SAMPLE(CommitmentMade)
CUNZHENG_SAMPLE(CertificateReissued)
CUNZHENG_SAMPLE(HubCertified)
CUNZHENG_SAMPLE(DataPublished)
CUNZHENG_SAMPLE(ExclusionListPublished)
CUNZHENG_SAMPLE(Checkpoint)
CUNZHENG_SAMPLE(BodyDescribed)
CUNZHENG_SAMPLE(DeviceEnrolled)
CUNZHENG_SAMPLE(DeviceRevoked)
CUNZHENG_SAMPLE(OfficerAppointed)
CUNZHENG_SAMPLE(Received)
CUNZHENG_SAMPLE(RulingMade)
CUNZHENG_SAMPLE(CommitmentAnswered)
CUNZHENG_SAMPLE(PrivatePartErased)
CUNZHENG_SAMPLE(EnrolmentSlipMade)
CUNZHENG_SAMPLE(EnrolmentTried)
CUNZHENG_SAMPLE(CreditDecided)
CUNZHENG_SAMPLE(CreditStepTaken)
#undef CUNZHENG_SAMPLE

// each(sample) for every kind, in the order of AllBodies.
template <class Each, class... Bodies>
void for_each_sample(journal::BodyList<Bodies...>, Each each) {
  (each(sample_of(journal::BodyTag<Bodies>{})), ...);
}
template <class Each>
void for_each_sample(Each each) {
  for_each_sample(journal::AllBodies{}, each);
}

}  // namespace cunzheng::test
