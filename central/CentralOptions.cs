using System.Net;
using Penstock.Central.Access;
using Penstock.Central.Kafka;

namespace Penstock.Central;

/// <summary>What the command line sets.</summary>
internal sealed record CentralOptions
{
    public required string DataFolder { get; init; }

    /// <summary>Address and port to listen on; port 0 takes a free one. Default 127.0.0.1:8420.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 8420);

    /// <summary>How long readings stay; null means as long as the disk floor allows.</summary>
    public TimeSpan? Retention { get; init; }

    /// <summary>Free space below which the oldest readings go. Default 1 GiB.</summary>
    public long DiskFloorBytes { get; init; } = 1L << 30;

    /// <summary>The Kafka cluster to read from; null when agents send over HTTP alone.</summary>
    public KafkaOptions? Kafka { get; init; }

    public bool Verbose { get; init; }

    /// <summary>True when only programs on this machine can reach the centre; else agents need tokens and people a login.</summary>
    public bool IsLoopback => IPAddress.IsLoopback(Listen.Address);

    public string HistoryFile => Path.Combine(DataFolder, "history.db");

    public string AddressFile => Path.Combine(DataFolder, "address");

    public string AccessFile => Path.Combine(DataFolder, AccessStore.FileName);
}
