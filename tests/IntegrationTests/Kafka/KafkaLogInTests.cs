using Confluent.Kafka.Admin;
using Penstock.IntegrationTests.Kit;

namespace Penstock.IntegrationTests.Kafka;

/// <summary>A real broker that asks for log-in and certificates.</summary>
public sealed class KafkaLogInTests
{
    private const string Open = "OPEN";
    private const string Safe = "SAFE";

    [Fact]
    public async Task A_wrong_password_is_told_with_user_and_reference_and_a_right_one_over_mutual_TLS_and_SCRAM_delivers()
    {
        Needs.Kcat();
        await using var plant = new KafkaPlant();
        using var authority = new PlantCa(plant.Folder);
        await using var server = await KafkaServer.Start(settings: Settings(authority), listeners: [new(Open, "SASL_PLAINTEXT"), new(Safe, "SASL_SSL")]);
        await AddUser(server, "penstock", "right");
        await plant.Prepare(server);
        var password = plant.Folder.Write("password", "wrong\n");

        var login = $$$""", confirm: broker, security: {sasl: {mechanism: plain, user: penstock, password: "file:{{{password}}}"}}""";
        IReadOnlySet<long> before;
        await using (var agent = await Agent.Start(plant.WriteSite(server.BootstrapOf(Open), login), plant.DataFolder))
        {
            var why = await Until.Found("the status says why", async () =>
                (await KafkaPlant.Status(agent))["heartbeat"]!["link"]!["why"]?.GetValue<string>() is { } found && found.Contains("log-in") ? found : null);
            Assert.Contains($"kafka {server.BootstrapOf(Open)} does not accept the log-in", why);
            Assert.Contains($"user penstock, the password file:{password}", why);
            Assert.DoesNotContain("wrong", agent.Program.Output);
            before = plant.Taken();
        }

        plant.Folder.Write("password", "right\n");
        var (certificate, key, _) = authority.Issue("agent");
        var safe = $$$"""
            , confirm: broker, security: {tls: {ca: {{{authority.Authority}}}, certificate: {{{certificate}}}, key: "file:{{{key}}}"}, sasl: {mechanism: scram-sha-512, user: penstock, password: "file:{{{password}}}"}}
            """.Trim();
        var stopped = plant.Answered().Max();
        await using var again = await Agent.Start(plant.WriteSite(server.BootstrapOf(Safe), safe), plant.DataFolder);

        Assert.NotEmpty(before);
        await Until.True("what was read before is there, and what is read now", async () =>
            (await Kcat.Records(server.Bootstrap, plant.Readings)).Select(record => (long)(record["value"]?.GetValue<double>() ?? -1)).ToHashSet() is var there
                && before.IsSubsetOf(there) && there.Any(number => number > stopped));
    }

    private static string[] Settings(PlantCa authority) =>
    [
        "sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-512",
        "listener.name.open.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required user_penstock=\"right\";",
        "listener.name.safe.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;",
        "listener.name.open.sasl.enabled.mechanisms=PLAIN",
        "listener.name.safe.sasl.enabled.mechanisms=SCRAM-SHA-512",
        "listener.name.safe.ssl.keystore.type=PEM",
        $"listener.name.safe.ssl.keystore.location={authority.Issue("broker").Both}",
        "listener.name.safe.ssl.truststore.type=PEM",
        $"listener.name.safe.ssl.truststore.location={authority.Authority}",
        "listener.name.safe.ssl.client.auth=required",
    ];

    private static async Task AddUser(KafkaServer server, string user, string password)
    {
        using var admin = server.Admin();
        await admin.AlterUserScramCredentialsAsync(
        [
            new UserScramCredentialUpsertion
            {
                User = user,
                ScramCredentialInfo = new ScramCredentialInfo { Mechanism = ScramMechanism.ScramSha512, Iterations = 4096 },
                Password = System.Text.Encoding.UTF8.GetBytes(password),
            },
        ]);
    }
}
