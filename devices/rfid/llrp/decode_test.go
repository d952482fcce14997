package llrp_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"showroom/devices/rfid/llrp"
	"showroom/devices/sim/llrpsim"
)

// TestMessagesNobodyHasRecorded: the recordings hold no more than one reader's defaults.
func TestMessagesNobodyHasRecorded(t *testing.T) {
	ok := llrp.LLRPStatus{}
	event := func(e llrp.EventData) *llrp.Notification { return &llrp.Notification{ReaderEventNotificationData: e} }
	for name, c := range map[string]struct {
		kind llrp.Type
		body []byte
		want any
	}{
		"capabilities": {llrp.GetReaderCapabilitiesResponse, llrpsim.Capabilities(4), &llrp.Capabilities{
			GeneralDeviceCapabilities: &llrp.GeneralCapabilities{MaxSupportedAntennas: 4, HasUTCClock: true, DeviceManufacturer: 25882, Model: 7, FirmwareVersion: "1.2"},
			RegulatoryCapabilities: &llrp.RegulatoryCapabilities{CountryCode: 1, CommunicationsStandard: 1,
				TransmitPowerLevels: []llrp.PowerLevel{{Index: 1, Power: 1000}, {Index: 2, Power: 2000}, {Index: 3, Power: 3000}},
				Hopping:             true, HopTables: []llrp.HopTable{{HopTableID: 2, Frequencies: []uint32{915250}}}},
		}},
		"an ROSpec": {llrp.GetROSpecsResponse, slices.Concat(llrpsim.Success(), tlv(177, []byte{0, 0, 0, 7, 1, 2}, tlv(178, []byte{9}))), &llrp.ROSpecs{
			LLRPStatus: ok, ROSpecs: []llrp.ROSpec{{ROSpecID: 7, Priority: 1, CurrentState: 2, Parameters: []llrp.Parameter{{Type: 178, Data: []byte{9}}}}},
		}},
		"refusal": {llrp.ErrorMessage, refusal(100, "no", hopTableRefused()), &llrp.Response{LLRPStatus: llrp.LLRPStatus{
			Status: 100, ErrorDescription: "no", ParameterError: &llrp.ParameterError{ParameterType: 222, ErrorCode: 200,
				ParameterError: &llrp.ParameterError{ParameterType: 224, ErrorCode: 201, FieldError: &llrp.FieldError{FieldIndex: 0, ErrorCode: 301}}},
		}}},
		"long EPC": {llrp.ROAccessReport, tlv(240, epcData(128), tv(9, 0, 0, 0, 1), tv(3, 0, 0, 0, 0, 0, 0, 0, 5), tlv(350, []byte{1}), tlv(1023, []byte{0, 0, 0, 1, 0, 0, 0, 2, 3})), &llrp.Report{
			TagReportData: []llrp.TagReportData{{
				EPCData: llrp.EPCData{EPCNumBits: 128, EPC: slices.Repeat([]byte{0x30}, 16)}, ROSpecID: new(uint32(1)), FirstSeenUptime: new(uint64(5)),
				C1G2WriteOpSpecResult: &llrp.Parameter{Type: 350, Data: []byte{1}}, Custom: []llrp.Custom{{VendorID: 1, Subtype: 2, Data: []byte{3}}},
			}},
		}},
		"hopping":   {llrp.ReaderEventNotification, tlv(246, tlv(129, []byte{0, 0, 0, 0, 0, 0, 0, 9}), tlv(247, []byte{0, 1, 0, 2})), event(llrp.EventData{Uptime: 9, HoppingEvent: &llrp.HoppingEvent{HopTableID: 1, NextChannelIndex: 2}})},
		"input":     {llrp.ReaderEventNotification, tlv(246, tlv(248, []byte{0, 2, 0x80})), event(llrp.EventData{GPIEvent: &llrp.GPIEvent{Port: 2, Event: true}})},
		"ROSpec":    {llrp.ReaderEventNotification, tlv(246, tlv(249, []byte{2, 0, 0, 0, 1, 0, 0, 0, 3})), event(llrp.EventData{ROSpecEvent: &llrp.ROSpecEvent{EventType: 2, ROSpecID: 1, PreemptingROSpecID: 3}})},
		"buffer":    {llrp.ReaderEventNotification, tlv(246, tlv(250, []byte{90}), tlv(251)), event(llrp.EventData{ReportBufferLevelWarningEvent: &llrp.BufferLevel{PercentFull: 90}, ReportBufferOverflowErrorEvent: &struct{}{}})},
		"exception": {llrp.ReaderEventNotification, tlv(246, tlv(252, []byte{0, 3, 'h', 'o', 't'}, tv(1, 0, 2))), event(llrp.EventData{ReaderExceptionEvent: &llrp.ReaderException{Message: "hot", Parameters: []llrp.Parameter{{Type: 1, Data: []byte{0, 2}}}}})},
		"AISpec":    {llrp.ReaderEventNotification, tlv(246, tlv(254, []byte{0, 0, 0, 0, 1, 0, 4})), event(llrp.EventData{AISpecEvent: &llrp.AISpecEvent{ROSpecID: 1, SpecIndex: 4}})},
		"antenna":   {llrp.ReaderEventNotification, tlv(246, tlv(255, []byte{1, 0, 4})), event(llrp.EventData{AntennaEvent: &llrp.AntennaEvent{EventType: 1, AntennaID: 4}})},
		"attempt":   {llrp.ReaderEventNotification, tlv(246, tlv(256, []byte{0, 4})), event(llrp.EventData{ConnectionAttemptEvent: &llrp.ConnectionAttempt{Status: 4}})},
	} {
		got, err := llrp.Decode(c.kind, c.body)
		if diff := cmp.Diff(c.want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
		}
	}
}
