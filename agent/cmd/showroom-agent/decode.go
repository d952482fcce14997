package main

import "github.com/spf13/cobra"

// decodeCommand holds one command for each thing that can be decoded without a device.
func decodeCommand() *cobra.Command {
	return group(&cobra.Command{
		Use:     "decode",
		Short:   "Say what bytes of tags and devices mean, without a device",
		Example: "  showroom-agent decode epc 3074257BF7194E4000001A85",
	}, decodeReadingCommand(), decodeLLRPCommand(), decodeEPCCommand(), decodeScanCommand(), decodeAdvCommand(), decodeGatewayCommand(), decodeSerialCommand(), decodeECR17Command(), decodeZVTCommand())
}
