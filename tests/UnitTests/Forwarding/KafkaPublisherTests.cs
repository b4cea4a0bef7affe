using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Penstock.EdgeAgent.Forwarding;
using Penstock.EdgeAgent.Forwarding.Kafka;
using Penstock.EdgeAgent.Site;
using Xunit;

namespace Penstock.UnitTests.Forwarding;

public sealed class KafkaPublisherTests : IAsyncDisposable
{
    private static readonly ForwardOptions Options = new()
    {
        Type = ForwardType.Kafka,
        Address = "broker:9092",
        Security = new() { Sasl = new() { Mechanism = KafkaMechanism.Plain, User = "penstock", Password = "file:/etc/penstock/kafka-password" } },
    };

    private readonly FakeTimeProvider _clock = new(Some.Noon);
    private readonly List<FakeKafka> _clients = [];
    private readonly FakeKafka _first = new();
    private readonly KafkaPublisher _publisher;
    private IKafkaEvents? _events;
    private Exception? _fault;

    public KafkaPublisherTests()
    {
        _publisher = new KafkaPublisher(Options, new KafkaFaults("kafka broker:9092", Options.Security), Create, _clock, NullLogger.Instance);
    }

    public ValueTask DisposeAsync() => _publisher.DisposeAsync();

    [Fact]
    public async Task Each_record_is_a_message_under_the_key_of_its_device_and_events_have_a_topic_of_their_own()
    {
        const string Event = """{"v":1,"event":"gap","site":"north","ts":"2026-01-31T12:00:00.000000Z","message":"\"device\":\"x\"","agent":"a1","epoch":"e1","seq":3}""";
        var lines = Some.Line(1, Some.At(0)) + "\n" + Some.Line(2, Some.At(0)) + "\n" + Event + "\n";

        await _publisher.PublishAsync([Some.Group(1, 2) with { Count = 3, Lines = Encoding.UTF8.GetBytes(lines) }], default);

        Assert.Equal(["penstock.readings", "penstock.readings", "penstock.events"], _first.Sent.Select(sent => sent.Topic));
        Assert.Equal(["north/meter-1", "north/meter-1", "north"], _first.Sent.Select(sent => Text(sent.Message.Key)));
        Assert.Equal(lines, string.Concat(_first.Sent.Select(sent => Text(sent.Message.Value) + "\n")));
    }

    [Fact]
    public async Task What_is_sent_late_says_so()
    {
        await _publisher.PublishAsync([Some.Group(1, 2, at: -11)], default);

        Assert.All(_first.Sent, sent => Assert.EndsWith(",\"late\":true}", Text(sent.Message.Value)));
    }

    [Fact]
    public async Task A_record_that_fails_alone_is_refused_and_lies_in_the_dead_letters_and_the_rest_flows()
    {
        var judged = 0;
        _first.Answer = message =>
        {
            if (Text(message.Value).Contains("\"seq\":7}"))
                return message.Headers is null ? ErrorCode.MsgSizeTooLarge : null;
            // The others are judged with it at first: the broker refuses a batch, not a record.
            return Interlocked.Increment(ref judged) <= 5 ? ErrorCode.MsgSizeTooLarge : null;
        };

        var verdict = await _publisher.PublishAsync([Some.Group(1, 10)], default);

        var refused = Assert.Single(verdict.Refused);
        Assert.Equal(("e1", 7), (refused.Epoch, refused.Seq));
        Assert.Contains("too large for topic penstock.readings at kafka broker:9092", refused.Reason);
        var letter = Assert.Single(_first.Sent, sent => sent.Topic == "penstock.dead-letters").Message;
        Assert.Contains("too large", Text(letter.Headers.GetLastBytes("reason")));
        Assert.Equal("penstock.readings", Text(letter.Headers.GetLastBytes("topic")));
    }

    [Theory]
    [InlineData(ErrorCode.UnknownTopicOrPart, "topic penstock.readings does not exist at kafka broker:9092; create it")]
    [InlineData(ErrorCode.TopicAuthorizationFailed, "user penstock may not write to topic penstock.readings at kafka broker:9092; grant WRITE")]
    [InlineData(ErrorCode.NotEnoughReplicas, "fewer replicas in sync")]
    [InlineData(ErrorCode.Local_MsgTimedOut, "did not acknowledge records for topic penstock.readings within 30 s")]
    public async Task A_fault_of_the_link_names_address_topic_and_repair(ErrorCode code, string says)
    {
        _first.Answer = _ => code;

        var fault = await Assert.ThrowsAsync<LinkException>(() => _publisher.PublishAsync([Some.Group(1, 3)], default));

        Assert.Contains(says, fault.Message);
    }

    [Fact]
    public async Task A_time_out_tells_the_trouble_behind_it()
    {
        await _publisher.PublishAsync([Some.Group(1, 1)], default);
        _events!.Failed(new Error(ErrorCode.Local_Authentication, "[thrd:sasl_plaintext://broker:9092/1]: broker:9092/1: SASL authentication error: Invalid username or password (after 310ms in state AUTH_REQ)"));
        _events.Failed(new Error(ErrorCode.Local_AllBrokersDown, "1/1 brokers are down"));
        _first.Answer = _ => ErrorCode.Local_MsgTimedOut;

        var fault = await Assert.ThrowsAsync<LinkException>(() => _publisher.PublishAsync([Some.Group(1, 3)], default));

        Assert.Contains("does not accept the log-in", fault.Message);
        Assert.Contains("Invalid username or password);", fault.Message);
        Assert.Contains("user penstock, the password file:/etc/penstock/kafka-password", fault.Message);
    }

    [Fact]
    public async Task A_full_queue_is_waited_for()
    {
        var full = 3;
        _first.Queue = () => Interlocked.Decrement(ref full) >= 0 ? ErrorCode.Local_QueueFull : null;

        var publishing = _publisher.PublishAsync([Some.Group(1, 3)], default);
        while (!publishing.IsCompleted)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(20));
            await Task.Yield();
        }

        Assert.Empty((await publishing).Refused);
        Assert.Equal(3, _first.Sent.Count);
    }

    [Fact]
    public async Task A_client_that_broke_for_good_is_replaced_and_the_group_goes_through()
    {
        _first.Answer = _ => ErrorCode.Local_Fatal;
        await Assert.ThrowsAsync<LinkException>(() => _publisher.PublishAsync([Some.Group(1, 3)], default));

        var verdict = await _publisher.PublishAsync([Some.Group(1, 3)], default);

        Assert.Empty(verdict.Refused);
        Assert.Equal(3, _clients[1].Sent.Count);
        Assert.Equal(1, _publisher.Account.Counters["kafka_clients_rebuilt_total"]);
        await _publisher.DisposeAsync();
        Assert.All(_clients, client => Assert.True(client.Disposed));
    }

    [Fact]
    public async Task A_client_that_cannot_be_made_says_why_and_is_tried_again()
    {
        _fault = new InvalidOperationException("ssl.ca.location failed: No such file or directory");
        var fault = await Assert.ThrowsAsync<LinkException>(() => _publisher.PublishAsync([Some.Group(1, 3)], default));
        Assert.Contains("kafka broker:9092 cannot be made (ssl.ca.location failed: No such file or directory); check the files under forward.security.tls", fault.Message);

        _fault = null;
        await _publisher.PublishAsync([Some.Group(1, 3)], default);

        Assert.Equal(3, _first.Sent.Count);
    }

    [Fact]
    public async Task Heartbeats_do_not_pile_up_while_nobody_answers()
    {
        _first.Answers = false;
        for (var i = 0; i < 3; i++)
        {
            var telling = _publisher.PublishAsync(Some.Heartbeat(), default);
            while (!telling.IsCompleted)
            {
                _clock.Advance(TimeSpan.FromSeconds(1));
                await Task.Yield();
            }

            await Assert.ThrowsAsync<LinkException>(() => telling);
        }

        Assert.Single(_first.Sent);
    }

    [Fact]
    public async Task The_clients_statistics_become_metrics()
    {
        await _publisher.PublishAsync([Some.Group(1, 1)], default);
        _events!.Counted("""{"txmsgs":17,"tx_bytes":4711,"msg_cnt":3,"msg_size":300,"brokers":{"b":{"txretries":2,"req_timeouts":1,"rtt":{"avg":1500,"cnt":4}}}}""");

        var account = _publisher.Account;

        Assert.Equal((17, 4711, 2, 1), (account.Counters["kafka_records_sent_total"], account.Counters["kafka_sent_bytes_total"], account.Counters["kafka_retries_total"], account.Counters["kafka_request_timeouts_total"]));
        Assert.Equal((3, 0.0015), (account.Gauges["kafka_queue_records"], account.Gauges["kafka_round_trip_seconds"]));
        Assert.Equal(3, account.Replicas);
    }

    private static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes);

    private FakeKafka Create(IKafkaEvents events)
    {
        if (_fault is { } fault)
            throw fault;
        _events = events;
        _clients.Add(_clients.Count == 0 ? _first : new FakeKafka());
        return _clients[^1];
    }
}
