using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Penstock.IntegrationTests.Kit;

/// <summary>One node of a <see cref="KafkaServer"/>; it keeps its ports and its data over a restart.</summary>
internal sealed class KafkaNode(int id, string folder, IReadOnlyList<KafkaListener> listeners, IReadOnlyList<string> settings)
{
    private readonly int _port = FreePort();
    private readonly IReadOnlyList<(KafkaListener Listener, int Port)> _more = [.. listeners.Select(listener => (listener, FreePort()))];

    public int ControllerPort { get; } = FreePort();

    public string Address => $"127.0.0.1:{_port}";

    public string Voter => $"{id}@127.0.0.1:{ControllerPort}";

    /// <summary>The log of the node: the first thing to read when it did not start.</summary>
    public string Log => Path.Combine(folder, "kafka.log");

    /// <summary>Address of one of the listeners asked for.</summary>
    public string AddressOf(string listener) => $"127.0.0.1:{_more.First(more => more.Listener.Name == listener).Port}";

    public async Task Start(string voters, string heap)
    {
        var environment = new Dictionary<string, string> { ["KAFKA_HEAP"] = heap };
        string[] arguments =
        [
            folder, "--port", Text(_port), "--controller-port", Text(ControllerPort), "--node-id", Text(id), "--voters", voters,
            .. AllSettings().SelectMany(setting => new[] { "--set", setting }),
        ];
        await using var script = RunningProgram.Start(KafkaRuntime.Script("kafka-up"), environment, arguments);
        // The first start of all unpacks the jars.
        if (await script.End(TimeSpan.FromSeconds(180)) != 0)
            throw new InvalidOperationException($"Kafka node {id} did not start:\n{script.Output}");
    }

    public async Task Stop(bool kill)
    {
        string[] arguments = kill ? [folder, "--kill"] : [folder];
        var ended = await RunningProgram.Run(KafkaRuntime.Script("kafka-down"), arguments);
        if (ended.ExitCode != 0)
            throw new InvalidOperationException($"Kafka node {id} did not stop:\n{ended.Output}");
    }

    /// <summary>A setting that stands again further down counts, so these replace what the script writes.</summary>
    private IEnumerable<string> AllSettings()
    {
        if (_more.Count == 0)
            return settings;
        var open = string.Concat(_more.Select(more => $",{more.Listener.Name}://127.0.0.1:{more.Port}"));
        return
        [
            $"listeners=PLAINTEXT://{Address}{open},CONTROLLER://127.0.0.1:{ControllerPort}",
            $"advertised.listeners=PLAINTEXT://{Address}{open}",
            "listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT" + string.Concat(_more.Select(more => $",{more.Listener.Name}:{more.Listener.Protocol}")),
            .. settings,
        ];
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>One more listener of every node, as <c>LOGIN</c> with protocol <c>SASL_PLAINTEXT</c>; its settings go beside it.</summary>
internal sealed record KafkaListener(string Name, string Protocol);
