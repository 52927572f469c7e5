"""x"""
import asyncio, pytest
from harness.service import eventually
pytestmark=pytest.mark.real
async def test_music(telephones, asterisk):
    import os
    print(os.listdir(asterisk.settings.prompts_dir) if asterisk.settings.prompts_dir.exists() else "none")
    c=await telephones.caller(); await c.answered(); await eventually(lambda: c.rtp.loudness()>300); 
    await asyncio.sleep(4); print(await asterisk.process.cli("queue show safe-emergency")); print(c.rtp.received, c.rtp.loudness()); print(open(asterisk.process.messages).read()[-1500:])
