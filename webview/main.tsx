import './editor.css';
import { Editor } from './editor.tsx';
import { openPage, vscodePort } from './page.ts';
import { Host } from './state/host.ts';
import { EditorModel } from './state/model.ts';

const host = new Host(vscodePort());
const model = new EditorModel(host);
openPage({ host, model }, <Editor model={model} />);
